namespace BigTech.Tests.Testing;

/// <summary>Finds files of the source tree from where the tests run.</summary>
internal static class Repository
{
    private const string Marker = "BigTechChat.slnx";

    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, Marker))) return folder.FullName;
        }
        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds {Marker}.");
    }
}
