using System.Text.RegularExpressions;
using MimeKit;

namespace BigTech.Tests.Testing.Mail;

/// <summary>What a reader finds in a mail.</summary>
internal static partial class ReceivedMail
{
    /// <summary>The code in the link of a mail, which stands alone in its text too.</summary>
    public static string Code(this MimeMessage mail)
    {
        var code = Link().Match(mail.Text()).Groups[1].Value;
        code.ShouldNotBeEmpty(mail.Text());
        mail.Text().Split('\n').Select(line => line.TrimEnd('\r')).ShouldContain(code);
        return code;
    }

    public static string Text(this MimeMessage mail) => mail.TextBody.ShouldNotBeNull();

    public static string Html(this MimeMessage mail) => mail.HtmlBody.ShouldNotBeNull();

    public static string To(this MimeMessage mail) => mail.To.Mailboxes.Single().Address;

    /// <summary>The mails in a folder of <c>.eml</c> files, the oldest first.</summary>
    public static List<MimeMessage> In(string folder) => !Directory.Exists(folder)
        ? []
        : [.. Directory.GetFiles(folder, "*.eml").Order(StringComparer.Ordinal).Select(file => MimeMessage.Load(file))];

    /// <summary>The same from the newest on, each read when it is asked for: a folder may hold thousands.</summary>
    public static IEnumerable<MimeMessage> NewestIn(string folder) => !Directory.Exists(folder)
        ? []
        : Directory.GetFiles(folder, "*.eml").OrderDescending(StringComparer.Ordinal).Select(file => MimeMessage.Load(file));

    [GeneratedRegex("#token=([A-Za-z0-9_-]+)")]
    private static partial Regex Link();
}
