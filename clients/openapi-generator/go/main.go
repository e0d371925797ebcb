// Steps 1 and 2 of certification and step 1 of whistle-blowing with the Go client. BASE is the service; CUSTOMER and STAFF are e-mail and password;
// LETTER is a PDF.
package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	desk "example.org/desk"
)

func client(token string) *desk.APIClient {
	configuration := desk.NewConfiguration()
	configuration.Servers = desk.ServerConfigurations{{URL: os.Getenv("BASE")}}
	if token != "" {
		configuration.AddDefaultHeader("authorization", "Bearer "+token)
	}
	return desk.NewAPIClient(configuration)
}

// No error may occur in these steps.
func must[T any, R any](value T, _ R, failure error) T {
	if failure != nil {
		panic(failure)
	}
	return value
}

func signIn(account string) *desk.APIClient {
	words := strings.Fields(os.Getenv(account))
	login := client("").SignInAPI.Login(context.Background()).Login(*desk.NewLogin(words[0], words[1]))
	return client(must(login.Execute()).AccessToken)
}

func wants[T comparable](is T, wanted T) {
	if is != wanted {
		panic(fmt.Sprintf("%v instead of %v", is, wanted))
	}
}

func main() {
	ctx := context.Background()
	customer, staff := signIn("CUSTOMER"), signIn("STAFF")
	form := desk.NewApplicationForm(desk.SCHEMECODE_QUALITY_ISO9001, desk.APPLICATIONKIND_INITIAL, *desk.NewCompany("PT Tirta Musi Go"))
	form.SetSite(*desk.NewSite("Pabrik Kertapati", "Jl. Ki Marogan No. 8", "Kota Palembang", "Sumatera Selatan"))
	form.SetScope("Produksi air minum dalam kemasan")
	form.SetPersonnel(*desk.NewPersonnel(48, 2))
	form.SetContact(*desk.NewContact("Rahmat Hidayat", "mutu@tirtamusi.example", "+62 711 555 0101"))
	id := must(customer.CertificationAPI.StartApplication(ctx).ApplicationForm(*form).Execute()).Id
	letter, failure := os.Open(os.Getenv("LETTER"))
	must(letter, 0, failure)
	must(customer.DocumentsAPI.AttachDocument(ctx, id, "Q01").Body(letter).Execute())
	wants(must(customer.CertificationAPI.SubmitApplication(ctx, id).Execute()).Stage, desk.STAGE_SUBMITTED)
	wants(must(staff.CertificationAPI.FileApplication(ctx, id).Execute()).Stage, desk.STAGE_FILED)

	content := desk.NewComplaintContent("Pungutan di luar tarif", "Petugas meminta pembayaran tunai di luar tarif.")
	complaint := desk.NewComplaintForm(desk.COMPLAINTCATEGORY_SERVICE, *content)
	submitted := must(client("").ReporterAPI.SubmitComplaint(ctx).ComplaintForm(*complaint).Execute())
	wants(submitted.Receipt.PublicNumber, submitted.PublicNumber)
	fmt.Println("   go: steps 1 and 2 of cert, step 1 of wbs")
}
