// Steps 1 and 2 of certification and step 1 of whistle-blowing with the C# client. BASE is the service; CUSTOMER and STAFF are e-mail and password; LETTER is a PDF.
using System;
using System.IO;
using Org.OpenAPITools.Api;
using Org.OpenAPITools.Client;
using Org.OpenAPITools.Model;

// The client names two libraries that are not among Debian's packages: JsonSubTypes, of which it uses nothing, and Polly, which it does not need as long as
// no policy of retries is set.
namespace JsonSubTypes
{
    static class Unused { }
}

namespace Polly
{
    public interface ISyncPolicy<T> { }
    public class PolicyResult<T> { public OutcomeType Outcome; public T Result; public Exception FinalException; }
    public enum OutcomeType { Successful }
    public interface IAsyncPolicy<T>
    {
        System.Threading.Tasks.Task<PolicyResult<T>> ExecuteAndCaptureAsync(Func<System.Threading.Tasks.Task<T>> act);
    }
}

static class Steps
{
    static Configuration As(string token) => new Configuration { BasePath = Environment.GetEnvironmentVariable("BASE"), AccessToken = token };

    static Configuration SignIn(string account)
    {
        var words = Environment.GetEnvironmentVariable(account).Split(' ');
        return As(new SignInApi(As(null)).Login(new Login(words[0], words[1])).AccessToken);
    }

    static void Wants(object value, object wanted)
    {
        if (!value.Equals(wanted)) throw new Exception(value + " instead of " + wanted);
    }

    static void Main()
    {
        Configuration customer = SignIn("CUSTOMER"), staff = SignIn("STAFF");
        var steps = new CertificationApi(customer);
        var form = new ApplicationForm(SchemeCode.QualityIso9001, ApplicationKind.Initial, company: new Company("PT Tirta Musi C#"),
            site: new Site("Pabrik Kertapati", "Jl. Ki Marogan No. 8", "Kota Palembang", "Sumatera Selatan"),
            scope: "Produksi air minum dalam kemasan", personnel: new Personnel(48, 2),
            contact: new Contact("Rahmat Hidayat", "mutu@tirtamusi.example", "+62 711 555 0101"));
        var id = steps.StartApplication(form, Guid.NewGuid().ToString()).Id;
        using (var letter = File.OpenRead(Environment.GetEnvironmentVariable("LETTER")))
            new DocumentsApi(customer).AttachDocument(id, "Q01", new FileParameter(letter));
        Wants(steps.SubmitApplication(id, Guid.NewGuid().ToString()).Stage, Stage.Submitted);
        Wants(new CertificationApi(staff).FileApplication(id, Guid.NewGuid().ToString()).Stage, Stage.Filed);

        var complaint = new ComplaintForm(ComplaintCategory.Service, new ComplaintContent("Pungutan di luar tarif", "Petugas meminta pembayaran tunai di luar tarif."));
        var submitted = new ReporterApi(As(null)).SubmitComplaint(complaint, Guid.NewGuid().ToString());
        Wants(submitted.Receipt.PublicNumber, submitted.PublicNumber);
        Console.WriteLine("   csharp: steps 1 and 2 of cert, step 1 of wbs");
    }
}
