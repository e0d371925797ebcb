// Steps 1 and 2 of certification and step 1 of whistle-blowing with the Kotlin client. BASE is the service; CUSTOMER and STAFF are e-mail and password;
// LETTER is a PDF.
import java.io.File
import java.util.UUID
import org.openapitools.client.apis.*
import org.openapitools.client.infrastructure.ApiClient
import org.openapitools.client.models.*

val base: String = System.getenv("BASE")

/** Signs in, and sends the token with what follows. */
fun signIn(account: String) {
    val (email, password) = System.getenv(account).split(" ")
    ApiClient.accessToken = null
    ApiClient.accessToken = SignInApi(base).login(Login(email = email, password = password)).accessToken
}

fun main() {
    signIn("CUSTOMER")
    val form =
        ApplicationForm(
            scheme = SchemeCode.QUALITY_ISO9001,
            kind = ApplicationKind.INITIAL,
            company = Company(name = "PT Tirta Musi Kotlin", nib = "1234567890123"),
            site = Site(name = "Pabrik Kertapati", address = "Jl. Ki Marogan No. 8", regency = "Kota Palembang", province = "Sumatera Selatan"),
            scope = "Produksi air minum dalam kemasan",
            personnel = Personnel(total = 48, shifts = 2),
            contact = Contact(name = "Rahmat Hidayat", email = "mutu@tirtamusi.example", phone = "+62 711 555 0101"),
        )
    val id = CertificationApi(base).startApplication(form, UUID.randomUUID().toString()).id
    DocumentsApi(base).attachDocument(id, "Q01", File(System.getenv("LETTER")))
    check(CertificationApi(base).submitApplication(id, UUID.randomUUID().toString()).stage == Stage.SUBMITTED)
    signIn("STAFF")
    check(CertificationApi(base).fileApplication(id, UUID.randomUUID().toString()).stage == Stage.FILED)

    ApiClient.accessToken = null
    val content = ComplaintContent(subject = "Pungutan di luar tarif", account = "Petugas meminta pembayaran tunai di luar tarif.")
    val submitted = ReporterApi(base).submitComplaint(ComplaintForm(category = ComplaintCategory.SERVICE, content = content), UUID.randomUUID().toString())
    check(submitted.receipt.publicNumber == submitted.publicNumber)
    println("   kotlin: steps 1 and 2 of cert, step 1 of wbs")
}
