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

    /// <summary>Takes from other accounts what they may do with a file or a folder.</summary>
    /// <returns>Whether they could do anything with it.</returns>
    /// <exception cref="UnauthorizedAccessException">It belongs to another account.</exception>
    public static bool Close(FileSystemInfo entry)
    {
        if (OperatingSystem.IsWindows()) return false;
        var mode = entry.UnixFileMode;
        if ((mode & (Group | Others)) == 0) return false;
        entry.UnixFileMode = mode & ~(Group | Others);
        return true;
    }

    /// <summary>Whether all accounts share this folder, like <c>/tmp</c>.</summary>
    public static bool IsShared(string folder) =>
        !OperatingSystem.IsWindows() && (File.GetUnixFileMode(folder) & UnixFileMode.StickyBit) != 0;

    /// <summary>
    /// Whether another account can put files into this folder. An access of the group counts where this account owns the folder: a mounted
    /// volume belongs to another account, and is writable through the group.
    /// </summary>
    public static bool IsWritableByOthers(string folder)
    {
        if (OperatingSystem.IsWindows()) return false;
        var mode = File.GetUnixFileMode(folder);
        return (mode & UnixFileMode.OtherWrite) != 0 || ((mode & UnixFileMode.GroupWrite) != 0 && IsOwner(folder, mode));
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

    /// <summary>Only the owner of a file or folder may change its mode, even to the same one.</summary>
    [UnsupportedOSPlatform("windows")]
    private static bool IsOwner(string path, UnixFileMode mode)
    {
        try
        {
            File.SetUnixFileMode(path, mode);
            return true;
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            return false;
        }
    }
}
