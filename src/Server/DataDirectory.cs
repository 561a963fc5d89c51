namespace BigTech.Server;

/// <summary>
/// The folder of all data of an embedded installation. One process at a time can use it, and only its account can read it.
/// </summary>
internal sealed class DataDirectory : IDisposable
{
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

    /// <exception cref="StartupException">The folder cannot be created or written, or another process uses it.</exception>
    public static DataDirectory Take(string path)
    {
        var full = Full(path);
        var lockFile = System.IO.Path.Combine(full, ".lock");
        try
        {
            PrivateFiles.CreateFolder(full);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The data folder {full} cannot be used: {error.Message}", error);
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

    /// <summary>A volume may belong to another account, whose permissions then are the operator's decision.</summary>
    private static bool Close(string folder)
    {
        try
        {
            return PrivateFiles.Close(folder);
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
