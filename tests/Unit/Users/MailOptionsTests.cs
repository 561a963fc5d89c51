using BigTech.BuildingBlocks.Core;
using BigTech.Users;
using BigTech.Users.Domain;
using Microsoft.Extensions.Configuration;

namespace BigTech.Tests.Unit.Users;

public sealed class MailOptionsTests
{
    private static readonly Dictionary<string, string?> Server = new()
    {
        ["Mail:SmtpHost"] = "mail.example.org",
        ["Mail:FromAddress"] = "chat@example.org",
        ["Mail:PublicUrl"] = "https://chat.example.org",
        ["Mail:SmtpUser"] = "chat",
        ["Mail:SmtpPassword"] = "secret",
    };

    [Theory]
    [InlineData("starttls", 587)]
    [InlineData("tls", 465)]
    public void The_port_follows_from_the_security(string security, int port) =>
        Bind(("Mail:SmtpSecurity", security)).Port.ShouldBe(port);

    [Fact]
    public void Without_a_mail_server_nothing_need_be_set()
    {
        var options = OptionsBinding.Bind<MailOptions>(new ConfigurationBuilder().Build(), "Mail");
        (options.HasServer, options.Sender, options.LinkBase).ShouldBe((false, "no-reply@localhost", "http://localhost:8000"));
    }

    [Fact]
    public void Empty_values_are_as_good_as_none()
    {
        var options = OptionsBinding.Bind<MailOptions>(Config(Server.ToDictionary(entry => entry.Key, _ => (string?)"")), "Mail");
        options.HasServer.ShouldBeFalse();
    }

    [Theory]
    [InlineData("Mail:FromAddress", "", "FromAddress must be set")]
    [InlineData("Mail:FromAddress", "chat@example.org\r\nBcc: x@example.org", "is not an e-mail address")]
    [InlineData("Mail:FromName", "Chat\nBcc: x@example.org", "FromName must not contain control characters")]
    [InlineData("Mail:PublicUrl", "", "PublicUrl must be set")]
    [InlineData("Mail:PublicUrl", "chat.example.org", "is not a URL")]
    [InlineData("Mail:PublicUrl", "https://chat.example.org/#top", "is not a URL")]
    [InlineData("Mail:SmtpPassword", "", "SmtpUser needs SmtpPassword")]
    [InlineData("Mail:SmtpPasswordFile", "/a/file", "must not both be set")]
    [InlineData("Mail:SmtpSecurity", "none", "a password is not sent in plain text")]
    [InlineData("Mail:SmtpSecurity", "ssl", "SmtpSecurity")]
    [InlineData("Mail:SmtpHost", "", "SmtpUser needs SmtpHost")]
    [InlineData("Mail:SmtpPort", "70000", "SmtpPort")]
    public void A_setting_that_cannot_work_prevents_the_start(string name, string value, string error) =>
        Should.Throw<SettingException>(() => Bind((name, value))).Message.ShouldContain(error);

    [Fact]
    public void A_password_can_be_in_a_file()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, "a secret\n");
        Bind(("Mail:SmtpPassword", ""), ("Mail:SmtpPasswordFile", file)).ReadPassword().ShouldBe("a secret");
        File.Delete(file);
        Should.Throw<SettingException>(() => Bind(("Mail:SmtpPassword", ""), ("Mail:SmtpPasswordFile", file)).ReadPassword())
            .Message.ShouldContain("SmtpPasswordFile cannot be read");
    }

    [Fact]
    public void Pauses_double_up_to_an_hour_with_jitter()
    {
        MailRules.PauseAfter(1, 0.5).ShouldBe(TimeSpan.FromSeconds(30));
        MailRules.PauseAfter(2, 0.5).ShouldBe(TimeSpan.FromSeconds(60));
        MailRules.PauseAfter(100, 0.5).ShouldBe(TimeSpan.FromHours(1));
        MailRules.PauseAfter(1, 0).ShouldBe(TimeSpan.FromSeconds(24));
        MailRules.PauseAfter(1, 1).ShouldBe(TimeSpan.FromSeconds(36));
    }

    private static MailOptions Bind(params (string Name, string? Value)[] changed)
    {
        var settings = new Dictionary<string, string?>(Server);
        foreach (var (name, value) in changed) settings[name] = value;
        return OptionsBinding.Bind<MailOptions>(Config(settings), "Mail");
    }

    private static IConfiguration Config(Dictionary<string, string?> settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
}
