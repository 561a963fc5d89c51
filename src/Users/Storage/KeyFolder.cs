using System.Runtime.InteropServices;
using System.Text;

namespace BigTech.Users.Storage;

/// <summary>The folder of the server's secrets. Only the program's account can read it and its files; replicas of User share it.</summary>
internal static partial class KeyFolder
{
    /// <summary>Creates the folder. An empty one that other accounts can write becomes private.</summary>
    /// <exception cref="StartupException">
    /// The folder cannot be created, or others can write in it: a key that they put there looks like the program's own.
    /// </exception>
    public static void Create(string folder)
    {
        try
        {
            PrivateFiles.CreateFolder(folder);
            if (!PrivateFiles.IsWritableByOthers(folder)) return;
            if (Directory.EnumerateFileSystemEntries(folder).Any()) throw Open(folder);
            PrivateFiles.Close(new DirectoryInfo(folder));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The folder {folder} cannot be created ({error.Message.TrimEnd('.')}).", error);
        }
    }

    private static StartupException Open(string folder) => new(
        $"Other accounts can write in the key folder {folder}. Whoever put a key there can sign in as anybody: compare the keys with a "
        + "backup and look at their owners, delete those that are not this server's, and what they signed ends; then make the folder "
        + "private (chmod 700).");

    /// <summary>Reads a secret.</summary>
    /// <exception cref="StartupException">Other accounts can read it as well.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static string Read(string file)
    {
        if (!PrivateFiles.IsOpen(file)) return File.ReadAllText(file);
        throw new StartupException(
            $"Other accounts can read the key {file}. Whoever has it can sign in as anybody: if that may have happened, delete it, and "
            + "what it signed ends; else make it private (chmod 600).");
    }

    /// <summary>The file appears completely or not at all, and never with wider permissions.</summary>
    /// <exception cref="IOException">There is such a file already, or it cannot be written.</exception>
    public static void WriteAtomically(string file, string content)
    {
        // Two replicas may write at once.
        var unfinished = $"{file}.{Guid.NewGuid():N}.new";
        using (var stream = PrivateFiles.Create(unfinished))
        {
            stream.Write(Encoding.ASCII.GetBytes(content));
            stream.Flush(flushToDisk: true);
        }
        try
        {
            Name(unfinished, file);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    /// <summary>
    /// Gives the finished file its name, unless there is such a file. <see cref="File.Move(string, string)"/> looks first and renames then,
    /// which replaces the file of a replica that was first in between; a second name for the same file is never given twice.
    /// </summary>
    private static void Name(string unfinished, string file)
    {
        const int noSuchOperation = 1, notSupported = 95, notSupportedOnMac = 45;
        if (OperatingSystem.IsWindows())
        {
            File.Move(unfinished, file);
        }
        else if (Link(unfinished, file) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            // Some network and memory card file systems have no second names.
            if (error is noSuchOperation or notSupported or notSupportedOnMac) File.Move(unfinished, file);
            else throw new IOException($"The file {file} cannot be made: {Marshal.GetPInvokeErrorMessage(error)}.");
        }
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string from, string to);
}
