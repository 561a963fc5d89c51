using BigTech.Users;
using BigTech.Users.Domain;
using BigTech.Users.Mailing;
using Microsoft.Extensions.Time.Testing;
using MimeKit;

namespace BigTech.Tests.Unit.Users;

public sealed class MailWriterTests
{
    private static readonly MailOptions Options = new()
    {
        SmtpHost = "mail.example.org",
        FromAddress = "chat@example.org",
        FromName = "우리 \"채팅\" <x@example.com>",
        PublicUrl = "https://chat.example.org/",
    };

    private static readonly MailToken Token = MailToken.Create(new byte[32], "an id");

    public static TheoryData<string, bool> EveryLetter()
    {
        var data = new TheoryData<string, bool>();
        foreach (var kind in Enum.GetNames<LetterKind>())
        {
            data.Add(kind, false);
            data.Add(kind, true);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(EveryLetter))]
    public void Every_letter_is_text_and_HTML_in_its_language_and_fetches_nothing(string kind, bool isKorean)
    {
        var mail = Write(Enum.Parse<LetterKind>(kind), isKorean ? MailLanguage.Korean : MailLanguage.English);

        var (text, html) = (mail.TextBody.ShouldNotBeNull(), mail.HtmlBody.ShouldNotBeNull());
        string[] all = [mail.Subject.ShouldNotBeNull(), text, html];
        all.ShouldAllBe(words => words.Any(c => c >= '가' && c <= '힣') == isKorean);
        html.ShouldContain(isKorean ? "<html lang=\"ko\">" : "<html lang=\"en\">");
        text.ShouldContain("kim_cs");
        html.ShouldContain("kim_cs");
        foreach (var fetched in new[] { "src=", "<img", "<link", "<script", "url(", "@import", "<iframe", "<form" })
        {
            html.ShouldNotContain(fetched, Case.Insensitive);
        }
        mail.BodyParts.Count().ShouldBe(2);
    }

    [Theory]
    [InlineData(nameof(LetterKind.ResetPassword), "https://chat.example.org/reset-password#token=")]
    [InlineData(nameof(LetterKind.VerifyAddress), "https://chat.example.org/verify-email#token=")]
    [InlineData(nameof(LetterKind.FinishRegistration), "https://chat.example.org/verify-email#token=")]
    public void A_link_carries_the_code_behind_the_number_sign_and_the_text_has_it_alone_too(string kind, string link)
    {
        var mail = Write(Enum.Parse<LetterKind>(kind), MailLanguage.English);
        var (text, html) = (mail.TextBody.ShouldNotBeNull(), mail.HtmlBody.ShouldNotBeNull());
        text.ShouldContain(link + Token.Text);
        text.Split('\n').ShouldContain(Token.Text);
        html.ShouldContain($"href=\"{link}{Token.Text}\"");
        html.ShouldContain($"<code>{Token.Text}</code>");
    }

    [Fact]
    public void The_headers_hold_what_they_should_and_nothing_can_add_others()
    {
        var mail = Write(LetterKind.ResetPassword, MailLanguage.Korean);
        using var bytes = new MemoryStream();
        mail.WriteTo(bytes, TestContext.Current.CancellationToken);
        bytes.Position = 0;
        var read = MimeMessage.Load(bytes, TestContext.Current.CancellationToken);
        read.Headers.Select(header => header.Field).ShouldBe(
            ["From", "Date", "Subject", "Message-Id", "To", "Auto-Submitted", "MIME-Version"], ignoreOrder: true);
        read.To.Mailboxes.Single().Address.ShouldBe("kim@example.com");
        read.From.Mailboxes.Single().ShouldBe(new MailboxAddress("우리 \"채팅\" <x@example.com>", "chat@example.org"));
        read.MessageId.ShouldNotBeNull().ShouldMatch("^[0-9a-f]{32}@example.org$");
        Write(LetterKind.ResetPassword, MailLanguage.Korean).MessageId.ShouldBe(read.MessageId, "the same at every attempt");
        read.Headers[HeaderId.AutoSubmitted].ShouldBe("auto-generated");
    }

    [Theory]
    [InlineData("kim@example.com\r\nBcc: lee@example.com")]
    [InlineData("kim@example.com, lee@example.com")]
    [InlineData("\"Kim\" <kim@example.com>")]
    [InlineData("kim@example.com\0")]
    public void No_address_with_another_header_or_another_recipient_is_an_address(string text) =>
        EmailAddress.Parse(text).Problem.ShouldNotBeNull();

    private static MimeMessage Write(LetterKind kind, MailLanguage language)
    {
        var mail = new OutgoingMail(
            "an-id", MailKind.Verification, "KIM@example.com", new MailSubject(1), language, 1, DateTimeOffset.MaxValue);
        var token = kind is LetterKind.ResetPassword or LetterKind.VerifyAddress or LetterKind.FinishRegistration ? Token : null;
        return new MailWriter(Options, new FakeTimeProvider()).Write(new Letter(mail, kind, "kim@example.com", "kim_cs", token));
    }
}
