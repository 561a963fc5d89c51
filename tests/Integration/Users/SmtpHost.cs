using BigTech.Tests.Testing.Mail;

namespace BigTech.Tests.Integration.Users;

/// <summary>The settings of a host that sends its mails through a mail server.</summary>
internal static class SmtpHost
{
    public static (string Name, string Value)[] Settings(SmtpTestServer server, params (string Name, string Value)[] more) =>
    [
        ("Mail:SmtpHost", "127.0.0.1"), ("Mail:SmtpPort", $"{server.Port}"), ("Mail:SmtpSecurity", "none"),
        ("Mail:FromAddress", "chat@example.org"), ("Mail:PublicUrl", "https://chat.example.org/"), .. more,
    ];
}
