using System.Globalization;

namespace BigTech.Load;

/// <summary>
/// The data folder of the measured servers. It is on the disk of the repository, because a temporary folder may be in memory and make a
/// durable write look cheap. It is deleted at the end.
/// </summary>
internal sealed class Workspace : IDisposable
{
    private const string SolutionFile = "BigTechChat.slnx";
    private int _folders;

    public Workspace()
    {
        Root = Path.Combine(RepositoryRoot is { } root ? Path.Combine(root, "artifacts") : Path.GetTempPath(), $"load-{Guid.NewGuid():N}");
        Directory.CreateDirectory(Root);
    }

    public string Root { get; }

    /// <summary>The nearest folder above this program or the current folder that holds the solution; null outside a checkout.</summary>
    public static string? RepositoryRoot { get; } = Find(AppContext.BaseDirectory) ?? Find(Environment.CurrentDirectory);

    /// <summary>The Release build of this checkout's server.</summary>
    public static string? BuiltServer =>
        RepositoryRoot is { } root ? Path.Combine(root, "src", "Server", "bin", "Release", "net10.0", "Server.dll") : null;

    /// <summary>The path of a new data folder.</summary>
    public string NewDataFolder() => Path.Combine(Root, string.Create(CultureInfo.InvariantCulture, $"data-{++_folders}"));

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private static string? Find(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, SolutionFile)))
            {
                return folder.FullName;
            }
        }

        return null;
    }
}
