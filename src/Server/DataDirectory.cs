namespace BigTech.Server;

/// <summary>
/// The folder of all data of an embedded installation. One process at a time can use it, and only its account can read it.
/// </summary>
internal sealed class DataDirectory : IDisposable
{
    private const string LockFile = ".lock";
    private const string Keys = "keys";
    private const string Mails = "mails";

    // Made by the file system at the root of a volume.
    private const string LostAndFound = "lost+found";
    private static readonly string[] Databases =
        [.. from name in new[] { "users", "friends", "chat", "notifications" }
            from ending in new[] { "", "-wal", "-shm", "-journal" }
            select $"{name}.db{ending}"];

    private readonly FileStream _lock;

    private DataDirectory(string path, FileStream fileLock, bool wasOpen)
    {
        Path = path;
        _lock = fileLock;
        WasOpen = wasOpen;
    }

    public string Path { get; }

    /// <summary>Whether other accounts could read it before this program took it.</summary>
    public bool WasOpen { get; }

    /// <exception cref="StartupException">
    /// The folder cannot be created or written, all accounts share it, or another process uses it.
    /// </exception>
    public static DataDirectory Take(string path)
    {
        var full = Full(path);
        var lockFile = System.IO.Path.Combine(full, LockFile);
        try
        {
            PrivateFiles.CreateFolder(full);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The data folder {full} cannot be used: {error.Message}", error);
        }
        if (PrivateFiles.IsShared(full))
        {
            throw new StartupException($"The folder {full} is shared by all accounts: name a folder in it with --data-dir.");
        }
        try
        {
            var fileLock = PrivateFiles.Create(lockFile, FileMode.OpenOrCreate, FileShare.None);
            return new DataDirectory(full, fileLock, Close(full));
        }
        catch (UnauthorizedAccessException error)
        {
            throw new StartupException($"The data folder {full} cannot be written.", error);
        }
        catch (IOException error)
        {
            throw new StartupException($"The data folder {full} is in use by another process, or cannot be written.", error);
        }
    }

    /// <summary>
    /// Takes from other accounts what they may do with the program's own files, and with the folder unless it holds other things too. The
    /// folder of the keys is left to those who read them: what others could have written there is not to be trusted.
    /// </summary>
    /// <returns>Whether others could read the files, or can still write in the folder.</returns>
    private static bool Close(string folder)
    {
        var wasOpen = false;
        var entries = new DirectoryInfo(folder).GetFileSystemInfos();
        foreach (var file in entries.OfType<FileInfo>().Where(file => IsOwn(file) && file.LinkTarget is null)) wasOpen |= TryClose(file);
        foreach (var mails in entries.OfType<DirectoryInfo>().Where(entry => entry.Name == Mails && entry.LinkTarget is null))
        {
            wasOpen |= TryClose(mails);
            foreach (var file in mails.EnumerateFiles().Where(file => file.LinkTarget is null)) wasOpen |= TryClose(file);
        }
        var isOnlyOurs = entries.All(entry => IsOwn(entry) || entry.Name == LostAndFound);
        return wasOpen | (isOnlyOurs ? TryClose(new DirectoryInfo(folder)) : PrivateFiles.IsWritableByOthers(folder));
    }

    private static bool IsOwn(FileSystemInfo entry) => entry is DirectoryInfo
        ? entry.Name is Keys or Mails
        : entry.Name == LockFile || Databases.Contains(entry.Name);

    /// <summary>A volume may belong to another account, whose permissions then are the operator's decision.</summary>
    private static bool TryClose(FileSystemInfo entry)
    {
        try
        {
            return PrivateFiles.Close(entry);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    /// <summary>Whether a path is this folder.</summary>
    public bool Is(string path) => Full(path) == Path;

    private static string Full(string path) => System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));

    public void Dispose() => _lock.Dispose();
}
