using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Users.Domain;

namespace BigTech.Users.Storage;

/// <summary>
/// The key pairs that sign access tokens: one PEM file each, in a folder that only the program's account can read. The file name contains
/// the creation time, because copies and backups do not preserve file times. Replicas share the folder: each reads it again on an unknown
/// key id, which another replica may have created.
/// </summary>
internal sealed partial class SigningKeys : IVerificationKeys, IDisposable
{
    private const string NameFormat = "yyyyMMdd'T'HHmmss'Z'";
    private const string Extension = ".pem";
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);

    private readonly string _folder;
    private readonly KeySchedule _schedule;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _changing = new();
    private long _lastRead;
    private volatile Ring _ring;

    /// <summary>Loads the keys, and creates the first one or a due successor.</summary>
    /// <exception cref="StartupException">The folder or a key in it cannot be read or written.</exception>
    public SigningKeys(string folder, KeySchedule schedule, TimeProvider time, ILogger<SigningKeys> logger)
    {
        _folder = folder;
        _schedule = schedule;
        _time = time;
        _logger = logger;
        KeyFolder.Create(folder);
        _ring = new Ring(Load([]));
        _lastRead = time.GetTimestamp();
        try
        {
            Maintain();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"A signing key cannot be written in {_folder} ({error.Message.TrimEnd('.')}).", error);
        }
    }

    /// <summary>The JWKS document (RFC 7517) of all published keys.</summary>
    public ReadOnlyMemory<byte> PublicKeys => _ring.Document;

    /// <summary>Signs an access token.</summary>
    public string Sign(AccessClaims claims)
    {
        var ring = _ring;
        var signer = ring.Find(KeySchedule.Signer(ring.Ages, _time.GetUtcNow()).Id)!;
        // An ECDsa instance is not guaranteed to be thread-safe.
        lock (signer) return Jwt.Sign(claims, new SigningKey(signer.Age.Id, signer.Private));
    }

    public ECDsa? Find(string keyId)
    {
        if (_ring.Find(keyId) is { } known) return known.Public;
        // Requests with unknown key ids must not cause unlimited reads.
        if (_time.GetElapsedTime(Volatile.Read(ref _lastRead)) < ShortestPause) return null;
        TryReadAgain();
        return _ring.Find(keyId)?.Public;
    }

    /// <summary>Creates a successor if one is due, and removes the keys that no valid token can refer to.</summary>
    public void Maintain()
    {
        lock (_changing)
        {
            var now = _time.GetUtcNow();
            var keys = Load(_ring.Keys);
            if (_schedule.NeedsSuccessor(_ring.Ages, now)) keys.Add(Create(now));
            var retired = _schedule.Retired(keys.ConvertAll(key => key.Age), now).Select(age => age.Id).ToHashSet();
            foreach (var key in keys.Where(key => retired.Contains(key.Age.Id)))
            {
                File.Delete(key.File);
                LogRetired(key.Age.Id);
            }
            // Retired pairs are left to the garbage collector: a request may still use them.
            _ring = new Ring(keys.Where(key => !retired.Contains(key.Age.Id)).ToList());
        }
    }

    public void Dispose()
    {
        foreach (var key in _ring.Keys)
        {
            key.Private.Dispose();
            key.Public.Dispose();
        }
    }

    private void TryReadAgain()
    {
        try
        {
            lock (_changing) _ring = new Ring(Load(_ring.Keys));
        }
        catch (StartupException error)
        {
            // The keys in memory stay in use.
            LogNotRead(error, _folder);
        }
    }

    /// <summary>Reads new files, and drops the keys of deleted ones.</summary>
    private List<KeyFile> Load(IReadOnlyList<KeyFile> known)
    {
        Volatile.Write(ref _lastRead, _time.GetTimestamp());
        try
        {
            return Directory.EnumerateFiles(_folder, $"*{Extension}")
                .Select(file => known.FirstOrDefault(key => key.File == file) ?? Load(file)).ToList();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The signing keys in {_folder} cannot be read ({error.Message.TrimEnd('.')}).", error);
        }
    }

    private static KeyFile Load(string file)
    {
        var madeAt = Path.GetFileName(file).Split('-')[0];
        const DateTimeStyles utc = DateTimeStyles.AssumeUniversal;
        if (!DateTimeOffset.TryParseExact(madeAt, NameFormat, CultureInfo.InvariantCulture, utc, out var createdAt))
        {
            throw new StartupException($"The file {file} is not named like a signing key of this program.");
        }
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(KeyFolder.Read(file));
            var pair = new KeyFile(file, createdAt, key);
            if (key.ExportParameters(true).Curve.Oid.Value == ECCurve.NamedCurves.nistP256.Oid.Value) return pair;
        }
        catch (Exception error) when (error is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw Damaged(file, error);
        }
        key.Dispose();
        throw Damaged(file, null);
    }

    private static StartupException Damaged(string file, Exception? error) =>
        new($"The signing key {file} is damaged. Restore it from a backup, or delete it: the tokens that it signed then end.", error);

    private KeyFile Create(DateTimeOffset now)
    {
        var createdAt = new DateTimeOffset(now.Ticks - now.Ticks % TimeSpan.TicksPerSecond, TimeSpan.Zero);
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var madeAt = createdAt.UtcDateTime.ToString(NameFormat, CultureInfo.InvariantCulture);
        var file = Path.Combine(_folder, $"{madeAt}-{RandomNumberGenerator.GetHexString(8, true)}{Extension}");
        KeyFolder.WriteAtomically(file, key.ExportPkcs8PrivateKeyPem());
        var pair = new KeyFile(file, createdAt, key);
        LogCreated(pair.Age.Id);
        return pair;
    }

    [LoggerMessage(1, LogLevel.Information, "Created the signing key {KeyId}")]
    private partial void LogCreated(string keyId);

    [LoggerMessage(2, LogLevel.Information, "Deleted the signing key {KeyId}: every token that it signed has expired")]
    private partial void LogRetired(string keyId);

    [LoggerMessage(3, LogLevel.Error, "Reading the signing keys in {Folder} failed; retrying")]
    private partial void LogNotRead(Exception error, string folder);

    /// <summary>One key pair and its file.</summary>
    private sealed class KeyFile
    {
        public KeyFile(string file, DateTimeOffset createdAt, ECDsa pair)
        {
            File = file;
            Private = pair;
            Point = pair.ExportParameters(false).Q;
            Public = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = Point });
            Age = new KeyAge(Thumbprint(Point), createdAt);
        }

        public string File { get; }
        public KeyAge Age { get; }
        public ECDsa Private { get; }
        public ECDsa Public { get; }
        public ECPoint Point { get; }

        /// <summary>RFC 7638: the id is a digest of the key, so the same key has the same id wherever it is published.</summary>
        private static string Thumbprint(ECPoint point)
        {
            var (x, y) = (Base64Url.EncodeToString(point.X), Base64Url.EncodeToString(point.Y));
            var canonical = $$"""{"crv":"P-256","kty":"EC","x":"{{x}}","y":"{{y}}"}""";
            return Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(canonical)));
        }
    }

    /// <summary>The keys at one point in time; replaced as a whole.</summary>
    private sealed class Ring
    {
        private readonly Dictionary<string, KeyFile> _byId;

        public Ring(List<KeyFile> keys)
        {
            Keys = keys;
            Ages = keys.ConvertAll(key => key.Age);
            _byId = keys.ToDictionary(key => key.Age.Id);
            Document = Write(keys);
        }

        public IReadOnlyList<KeyFile> Keys { get; }

        public IReadOnlyList<KeyAge> Ages { get; }

        public byte[] Document { get; }

        public KeyFile? Find(string id) => _byId.GetValueOrDefault(id);

        private static byte[] Write(List<KeyFile> keys)
        {
            using var buffer = new MemoryStream();
            using (var json = new Utf8JsonWriter(buffer))
            {
                json.WriteStartObject();
                json.WriteStartArray("keys");
                foreach (var key in keys) WriteKey(json, key);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            return buffer.ToArray();
        }

        private static void WriteKey(Utf8JsonWriter json, KeyFile key)
        {
            json.WriteStartObject();
            json.WriteString("kty", "EC");
            json.WriteString("crv", "P-256");
            json.WriteString("x", Base64Url.EncodeToString(key.Point.X));
            json.WriteString("y", Base64Url.EncodeToString(key.Point.Y));
            json.WriteString("use", "sig");
            json.WriteString("alg", "ES256");
            json.WriteString("kid", key.Age.Id);
            json.WriteEndObject();
        }
    }
}
