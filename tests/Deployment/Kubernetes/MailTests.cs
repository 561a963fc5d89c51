using BigTech.Tests.Testing;
using k8s;
using k8s.Models;

namespace BigTech.Tests.Deployment.Kubernetes;

/// <summary>The component <c>mail</c> with the example of the guide: what runs User reaches a mail server, and nothing else does.</summary>
public sealed class MailTests
{
    private static readonly int[] Ports = [25, 465, 587];
    private static readonly Place MailServer = new("mail", "elsewhere", new Dictionary<string, string>());

    public static TheoryData<string> Overlays => [.. Rendered.OfMail];

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task What_runs_User_gets_the_mail_server_and_the_way_to_it(string overlay)
    {
        var rendered = await Rendered.Overlay(overlay);
        var sender = overlay == "mail-single" ? "bigtech-chat" : "user-service";

        rendered.Product.Where(one => rendered.Environment(one).ContainsKey("BIGTECH_Mail__SmtpHost")).Select(one => one.Name)
            .ShouldBe([sender]);
        var pod = rendered.Product.Single(one => one.Name == sender);
        KnownSettings.UnknownAmong(rendered.Environment(pod).Keys).ShouldBeEmpty();
        pod.Main.Env.Single(variable => variable.Name == "BIGTECH_Mail__SmtpPassword").ValueFrom.SecretKeyRef.Key.ShouldBe("SMTP_PASSWORD");
        Ways(rendered).ShouldBe([$"{sender} mail 465", $"{sender} mail 587"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("single")]
    [InlineData("small")]
    [InlineData("production")]
    public async Task Without_the_component_nothing_reaches_a_mail_server(string overlay) =>
        Ways(await Rendered.Overlay(overlay)).ShouldBeEmpty();

    [Fact]
    public async Task The_chart_makes_the_same_way()
    {
        var chart = new Rendered((await NpmCheckers.Helm(
            "template", "chat", Path.Combine(Repository.Root, "deploy", "helm", "bigtech-chat"), "--namespace", "bigtech-chat",
            "--set", "services.settings.BIGTECH_Mail__SmtpHost=smtp.example.com")).ShouldSucceed());

        Ways(chart).ShouldBe(["user-service mail 465", "user-service mail 587"], ignoreOrder: true);
        Policy(chart).ShouldBe(Policy(await Rendered.Overlay("mail-small")));

        static string Policy(Rendered rendered) =>
            KubernetesJson.Serialize(rendered.Of<V1NetworkPolicy>().Single(policy => policy.Metadata.Name == "mail").Spec);
    }

    private static IEnumerable<string> Ways(Rendered rendered) =>
        new Network(rendered).Allowed(
            [
                .. rendered.Product.Select(one => new Place(one.Name, "bigtech-chat", one.PodMetadata.Labels.AsReadOnly())),
                MailServer,
            ], Ports)
            .Where(way => way.Contains(" mail ", StringComparison.Ordinal));
}
