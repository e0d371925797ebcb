// Steps 1 and 2 of certification and step 1 of whistle-blowing with the Java client. BASE is the service; CUSTOMER and STAFF are e-mail and password; LETTER is a PDF.
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.UUID;
import org.openapitools.client.ApiClient;
import org.openapitools.client.ApiException;
import org.openapitools.client.api.*;
import org.openapitools.client.model.*;

public class Steps {
    static ApiClient client(String token) {
        ApiClient client = new ApiClient();
        client.updateBaseUri(System.getenv("BASE"));
        if (token != null) client.setRequestInterceptor(request -> request.header("authorization", "Bearer " + token));
        return client;
    }

    static String signIn(String account) throws ApiException {
        String[] words = System.getenv(account).split(" ");
        return new SignInApi(client(null)).login(new Login().email(words[0]).password(words[1])).getAccessToken();
    }

    // The generated `attachDocument` writes the name of the file as JSON instead of its content, so this request is made by hand.
    static void attach(ApiClient client, UUID id) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(client.getBaseUri() + "/api/v1/applications/" + id + "/documents/Q01"))
            .header("content-type", "application/octet-stream").PUT(HttpRequest.BodyPublishers.ofFile(Path.of(System.getenv("LETTER"))));
        client.getRequestInterceptor().accept(request);
        wants(client.getHttpClient().send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode(), 201);
    }

    static void wants(Object is, Object wanted) {
        if (!is.equals(wanted)) throw new IllegalStateException(is + " instead of " + wanted);
    }

    public static void main(String[] arguments) throws Exception {
        ApiClient customer = client(signIn("CUSTOMER")), staff = client(signIn("STAFF"));
        CertificationApi steps = new CertificationApi(customer);
        ApplicationForm form = new ApplicationForm().scheme(SchemeCode.QUALITY_ISO9001).kind(ApplicationKind.INITIAL)
            .company(new Company().name("PT Tirta Musi Java").nib("1234567890123"))
            .site(new Site().name("Pabrik Kertapati").address("Jl. Ki Marogan No. 8").regency("Kota Palembang").province("Sumatera Selatan"))
            .scope("Produksi air minum dalam kemasan").personnel(new Personnel().total(48).shifts(2))
            .contact(new Contact().name("Rahmat Hidayat").email("mutu@tirtamusi.example").phone("+62 711 555 0101"));
        UUID id = steps.startApplication(form, UUID.randomUUID().toString()).getId();
        attach(customer, id);
        wants(steps.submitApplication(id, UUID.randomUUID().toString(), null).getStage(), Stage.SUBMITTED);
        wants(new CertificationApi(staff).fileApplication(id, UUID.randomUUID().toString(), null).getStage(), Stage.FILED);

        ComplaintForm complaint = new ComplaintForm().category(ComplaintCategory.SERVICE)
            .content(new ComplaintContent().subject("Pungutan di luar tarif").account("Petugas meminta pembayaran tunai di luar tarif."));
        Submitted submitted = new ReporterApi(client(null)).submitComplaint(complaint, UUID.randomUUID().toString());
        wants(submitted.getReceipt().getPublicNumber(), submitted.getPublicNumber());
        System.out.println("   java: steps 1 and 2 of cert, step 1 of wbs");
    }
}
