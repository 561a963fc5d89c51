using System.Runtime.Versioning;

namespace BigTech.BuildingBlocks.Core;

/// <summary>
/// Files and folders that only the program's account may read: accounts, messages, keys. On Windows the permissions of the parent folder
/// decide.
/// </summary>
public static class PrivateFiles
{
    private const UnixFileMode OwnersFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnersFolder = OwnersFile | UnixFileMode.UserExecute;
    private const UnixFileMode Group = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute;
    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Creates a folder, with its parents, that only the owner can enter. An existing one stays as it is.</summary>
    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, OwnersFolder);
    }

    /// <summary>Opens a new file that only the owner can read.</summary>
    public static FileStream Create(string path, FileMode mode = FileMode.Create, FileShare share = FileShare.Read)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = share };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnersFile;
        return new FileStream(path, options);
    }

    /// <summary>
    /// Takes from other accounts what they may do with a folder, the files in it and the folders in it. What lies deeper is out of their
    /// reach then.
    /// </summary>
    /// <returns>Whether they could do anything with the folder or the files.</returns>
    public static bool Close(string folder)
    {
        if (OperatingSystem.IsWindows()) return false;
        var wasOpen = Close(new DirectoryInfo(folder));
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos().Where(entry => entry.LinkTarget is null))
        {
            wasOpen |= Close(entry);
        }
        return wasOpen;
    }

    /// <summary>
    /// Whether another account can read this file. An access of the group counts where this account owns the file: a mounted secret
    /// belongs to another account, and is readable through the group.
    /// </summary>
    public static bool IsOpen(string file)
    {
        if (OperatingSystem.IsWindows()) return false;
        var mode = File.GetUnixFileMode(file);
        return (mode & Others) != 0 || ((mode & Group) != 0 && IsOwner(file, mode));
    }

    [UnsupportedOSPlatform("windows")]
    private static bool Close(FileSystemInfo entry)
    {
        var mode = entry.UnixFileMode;
        if ((mode & (Group | Others)) == 0) return false;
        entry.UnixFileMode = mode & ~(Group | Others);
        return true;
    }

    /// <summary>Only the owner of a file may change its mode, even to the same one.</summary>
    [UnsupportedOSPlatform("windows")]
    private static bool IsOwner(string file, UnixFileMode mode)
    {
        try
        {
            File.SetUnixFileMode(file, mode);
            return true;
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            return false;
        }
    }
}
