using BigTech.Users.Domain;
using MimeKit;

namespace BigTech.Users.Mailing;

/// <summary>Writes mails to a folder, so that a first run needs no mail server. Only this account can read them.</summary>
internal sealed partial class FileTransport(string folder, MailWriter writer, TimeProvider time, ILogger<FileTransport> logger)
    : IMailTransport
{
    /// <summary>The name of the folder in the data folder.</summary>
    public const string FolderName = "mails";

    private const string Extension = ".eml";
    private static readonly TimeSpan Life = TimeSpan.FromDays(7);

    public async Task Send(Letter letter)
    {
        try
        {
            LogWritten(logger, await Write(letter.Mail.Id, writer.Write(letter)));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new MailFailedException(DeliveryResult.Postponed, $"Mails cannot be written: {error.Message}", error.Message, error);
        }
    }

    /// <summary>Deletes mails after a week: they hold addresses and links.</summary>
    public void DeleteOld()
    {
        if (!Directory.Exists(folder)) return;
        var oldest = time.GetUtcNow().UtcDateTime - Life;
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles().Where(file => file.LastWriteTimeUtc < oldest)) file.Delete();
    }

    private async Task<string> Write(string id, MimeMessage message)
    {
        PrivateFiles.CreateFolder(folder);
        // By the id, which says nothing, sorts by time, and is the same at a second attempt.
        var unfinished = Path.Combine(folder, id);
        var file = unfinished + Extension;
        await using (var stream = PrivateFiles.Create(unfinished)) await message.WriteToAsync(stream);
        File.Move(unfinished, file, overwrite: true);
        return file;
    }

    [LoggerMessage(1, LogLevel.Information, "Mail written to {File}: without Mail:SmtpHost mails are files")]
    private static partial void LogWritten(ILogger logger, string file);
}
