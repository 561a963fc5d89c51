namespace BigTech.Server;

/// <summary>The folder of all data of an embedded installation. One process at a time can use it.</summary>
internal sealed class DataDirectory : IDisposable
{
    private readonly FileStream _lock;

    private DataDirectory(string path, FileStream fileLock)
    {
        Path = path;
        _lock = fileLock;
    }

    public string Path { get; }

    /// <exception cref="StartupException">The folder cannot be created or written, or another process uses it.</exception>
    public static DataDirectory Take(string path)
    {
        var full = Full(path);
        var lockFile = System.IO.Path.Combine(full, ".lock");
        try
        {
            Directory.CreateDirectory(full);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The data folder {full} cannot be used: {error.Message}", error);
        }
        try
        {
            return new DataDirectory(full, new FileStream(lockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
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

    /// <summary>Whether a path is this folder.</summary>
    public bool Is(string path) => Full(path) == Path;

    private static string Full(string path) => System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));

    public void Dispose() => _lock.Dispose();
}
