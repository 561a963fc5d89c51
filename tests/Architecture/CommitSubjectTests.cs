using System.Diagnostics;

namespace BigTech.Tests.Architecture;

/// <summary>The git hook that checks the subjects of commits.</summary>
public sealed class CommitSubjectTests
{
    [Theory]
    [InlineData("chat: reject adding blocked users to a group")]
    [InlineData("docs: date figures\n\nA body may have lines of any form, and of more than seventy-two characters in a line.")]
    [InlineData("Merge branch 'main'")]
    public void A_subject_of_the_form_passes(string message) => Check(message).ShouldBe(0);

    [Theory]
    [InlineData("")]
    [InlineData("reject adding blocked users")]
    [InlineData("Chat: reject adding blocked users")]
    [InlineData("chat: Reject adding blocked users")]
    [InlineData("chat: reject adding blocked users.")]
    [InlineData("chat:reject adding blocked users")]
    [InlineData("chat: reject adding users to a group in which another member has blocked them long ago")]
    public void Any_other_is_refused(string message) => Check(message).ShouldBe(1);

    private static int Check(string message)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, message + "\n");
            var start = new ProcessStartInfo("sh", [Path.Combine(Repository.Root, ".githooks", "commit-msg"), file])
            {
                RedirectStandardError = true,
            };
            using var hook = Process.Start(start)!;
            hook.StandardError.ReadToEnd();
            hook.WaitForExit();
            return hook.ExitCode;
        }
        finally
        {
            File.Delete(file);
        }
    }
}
