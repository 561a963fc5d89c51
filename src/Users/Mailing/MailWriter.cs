using System.Net;
using System.Security.Cryptography;
using System.Text;
using BigTech.Users.Domain;
using MimeKit;

namespace BigTech.Users.Mailing;

/// <summary>
/// Writes letters as messages: text and HTML of the same words, without anything that a reader's program would fetch.
/// </summary>
internal sealed class MailWriter(MailOptions options, TimeProvider time)
{
    private const string ResetPage = "reset-password", VerifyPage = "verify-email";

    public MimeMessage Write(Letter letter)
    {
        var mail = letter.Mail;
        var words = mail.Language == MailLanguage.Korean ? KoreanWords.Of(letter) : EnglishWords.Of(letter);
        var link = letter.Token is { } token ? $"{options.LinkBase}/{PageOf(letter.Kind)}#token={token.Text}" : null;
        var message = new MimeMessage
        {
            Subject = words.Subject,
            Date = time.GetUtcNow(),
            // The same at every attempt: who gets the mail twice can tell. The id itself would tell when it was asked for.
            MessageId = $"{Hashed(mail.Id)}@{options.Sender.Split('@')[^1]}",
            Body = new BodyBuilder
            {
                TextBody = Text(words, link, letter.Token),
                HtmlBody = Html(words, link, letter.Token, MailWireNames.NameOf(mail.Language)),
            }.ToMessageBody(),
        };
        message.From.Add(new MailboxAddress(options.FromName, options.Sender));
        message.To.Add(new MailboxAddress(null, letter.Address));
        // Absence notes and the like are not sent back (RFC 3834).
        message.Headers.Add(HeaderId.AutoSubmitted, "auto-generated");
        return message;
    }

    private static string Hashed(string id) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)).AsSpan(0, 16));

    private static string PageOf(LetterKind kind) => kind == LetterKind.ResetPassword ? ResetPage : VerifyPage;

    private static string Text(LetterWords words, string? link, MailToken? token)
    {
        var text = new StringBuilder();
        foreach (var line in words.Before) text.Append(line).Append("\n\n");
        if (link is not null) text.Append(link).Append("\n\n").Append(words.TokenHint).Append("\n\n").Append(token!.Text).Append("\n\n");
        foreach (var line in words.After) text.Append(line).Append("\n\n");
        return text.Append("-- \nBigTech Chat\n").ToString();
    }

    private static string Html(LetterWords words, string? link, MailToken? token, string language)
    {
        var html = new StringBuilder();
        html.Append(CultureInfo.InvariantCulture, $"<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n");
        html.Append(CultureInfo.InvariantCulture, $"<title>{WebUtility.HtmlEncode(words.Subject)}</title>\n</head>\n");
        html.Append("<body style=\"font-family: sans-serif; line-height: 1.5; max-width: 36em\">\n");
        foreach (var line in words.Before) Paragraph(line);
        if (link is not null)
        {
            var (href, label) = (WebUtility.HtmlEncode(link), WebUtility.HtmlEncode(words.LinkLabel));
            html.Append(CultureInfo.InvariantCulture, $"<p><a href=\"{href}\">{label}</a></p>\n");
            Paragraph(words.TokenHint!);
            html.Append(CultureInfo.InvariantCulture, $"<p><code>{WebUtility.HtmlEncode(token!.Text)}</code></p>\n");
        }
        foreach (var line in words.After) Paragraph(line);
        return html.Append("</body>\n</html>\n").ToString();

        void Paragraph(string line) => html.Append(CultureInfo.InvariantCulture, $"<p>{WebUtility.HtmlEncode(line)}</p>\n");
    }
}

/// <summary>The words of a letter.</summary>
/// <param name="Before">The paragraphs before the link.</param>
/// <param name="LinkLabel">What the link says; null for a letter without one.</param>
/// <param name="TokenHint">Stands before the bare token, for programs that do not open links.</param>
/// <param name="After">The paragraphs behind the link.</param>
internal sealed record LetterWords(
    string Subject, IReadOnlyList<string> Before, IReadOnlyList<string> After, string? LinkLabel = null, string? TokenHint = null);
