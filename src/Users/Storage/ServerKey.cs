using System.Security.Cryptography;
using System.Text;

namespace BigTech.Users.Storage;

/// <summary>
/// The secret of this installation, from which a key is derived for each purpose. It lies beside the signing keys, so replicas share it.
/// </summary>
internal sealed class ServerKey
{
    private const string FileName = "server.key";
    private const int Bytes = 32;

    private readonly byte[] _secret;

    /// <summary>Reads the key, or creates it.</summary>
    /// <exception cref="StartupException">It cannot be read or written, or is damaged.</exception>
    public ServerKey(string folder)
    {
        KeyFolder.Create(folder);
        var file = Path.Combine(folder, FileName);
        try
        {
            if (!File.Exists(file)) Create(file);
            _secret = Convert.FromHexString(KeyFolder.Read(file).Trim());
        }
        catch (FormatException error)
        {
            throw Damaged(file, error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The key {file} cannot be read or written ({error.Message.TrimEnd('.')}).", error);
        }
        if (_secret.Length != Bytes) throw Damaged(file, null);
    }

    /// <summary>The key for one purpose: it tells nothing about the keys for others.</summary>
    public byte[] For(string purpose) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _secret, Bytes, info: Encoding.ASCII.GetBytes(purpose));

    private static void Create(string file)
    {
        try
        {
            KeyFolder.WriteAtomically(file, RandomNumberGenerator.GetHexString(2 * Bytes, lowercase: true));
        }
        catch (IOException) when (File.Exists(file))
        {
            // Another replica was first.
        }
    }

    private static StartupException Damaged(string file, Exception? error) =>
        new($"The key {file} is damaged. Restore it from a backup, or delete it: devices are then unknown until they sign in.", error);
}
