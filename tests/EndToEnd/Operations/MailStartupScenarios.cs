using System.Runtime.Versioning;

namespace BigTech.Tests.EndToEnd.Operations;

public sealed class MailStartupScenarios
{
    [Theory]
    [InlineData("FromAddress", "Mail__SmtpHost", "mail.example.org", "Mail__PublicUrl", "https://chat.example.org")]
    [InlineData("PublicUrl", "Mail__SmtpHost", "mail.example.org", "Mail__FromAddress", "chat@example.org")]
    [InlineData("Mail:SmtpHost", "Users__RequireVerifiedEmail", "true", "Redis__Configuration", "127.0.0.1:1")]
    public async Task What_needs_mails_is_not_switched_on_without_a_way_for_them(
        string missing, string name, string value, string other, string otherValue)
    {
        using var folder = new TemporaryFolder();

        var finished = await ServerProcess.RunToEnd(
            ["--data-dir", folder.Path, "--urls", ServerProcess.FreePorts()], folder.Path, (name, value), (other, otherValue));

        finished.ExitCode.ShouldBe(2, finished.Stderr);
        finished.Stderr.Trim().Split('\n').ShouldHaveSingleItem().ShouldContain(missing);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Mails_that_others_can_read_are_closed_with_a_warning()
    {
        await using var server = await ServerProcess.Start();
        server.Terminate();
        (await server.Ended()).ShouldBe(0);
        var mails = Directory.CreateDirectory(server.Data["mails"]).FullName;
        var mail = Path.Combine(mails, "by-hand.eml");
        await File.WriteAllTextAsync(mail, "Subject: hello", TestContext.Current.CancellationToken);
        foreach (var path in new[] { mails, mail }) File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);

        await server.Restart();

        foreach (var path in new[] { mails, mail })
            (File.GetUnixFileMode(path) & (UnixFileMode)0b000_111_111).ShouldBe(UnixFileMode.None, path);
        await server.LogsOnce("Other accounts could read files");
    }
}
