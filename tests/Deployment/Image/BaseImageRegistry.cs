using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using BigTech.Tests.Testing;

namespace BigTech.Tests.Deployment.Image;

/// <summary>A registry of images on this machine, whose one image has one empty layer and one variable.</summary>
internal sealed class BaseImageRegistry : IDisposable
{
    private const string Manifest = "application/vnd.oci.image.manifest.v1+json";
    private const string Blob = "application/octet-stream";

    private static readonly string[] Variables = ["OF_THE_BASE=yes"];

    private readonly HttpListener _listener = new();
    private readonly Dictionary<string, (string Type, byte[] Content)> _content = [];

    public BaseImageRegistry()
    {
        var files = EmptyArchive();
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(files);
        var layer = packed.ToArray();
        var configuration = Json(new
        {
            architecture = "amd64",
            os = "linux",
            config = new { Env = Variables },
            rootfs = new { type = "layers", diff_ids = new[] { Digest(files) } },
            history = new[] { new { created_by = "the base" } },
        });
        var manifest = Json(new
        {
            schemaVersion = 2,
            mediaType = Manifest,
            config = Described("application/vnd.oci.image.config.v1+json", configuration),
            layers = new[] { Described("application/vnd.oci.image.layer.v1.tar+gzip", layer) },
        });
        _content["/v2/base/manifests/1"] = (Manifest, manifest);
        foreach (var blob in new[] { configuration, layer }) _content[$"/v2/base/blobs/{Digest(blob)}"] = (Blob, blob);

        Address = $"127.0.0.1:{Loopback.FreePort()}";
        _listener.Prefixes.Add($"http://{Address}/");
        _listener.Start();
        _ = Answer();
    }

    public string Address { get; }

    /// <summary>The name of the image.</summary>
    public string Image => $"{Address}/base:1";

    public void Dispose() => _listener.Close();

    private static byte[] EmptyArchive()
    {
        using var archive = new MemoryStream();
        using (var writer = new TarWriter(archive, leaveOpen: true)) writer.WriteEntry(new PaxTarEntry(TarEntryType.Directory, "tmp/"));
        return archive.ToArray();
    }

    private static object Described(string type, byte[] content) =>
        new { mediaType = type, digest = Digest(content), size = content.Length };

    private static byte[] Json(object value) => Encoding.UTF8.GetBytes(JsonSerializer.Serialize(value));

    private static string Digest(byte[] content) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(content))}";

    private async Task Answer()
    {
        try
        {
            while (true)
            {
                var call = await _listener.GetContextAsync();
                if (_content.TryGetValue(call.Request.Url!.AbsolutePath, out var found))
                {
                    call.Response.ContentType = found.Type;
                    call.Response.ContentLength64 = found.Content.Length;
                    call.Response.Headers["Docker-Content-Digest"] = Digest(found.Content);
                    if (call.Request.HttpMethod == "GET") await call.Response.OutputStream.WriteAsync(found.Content);
                }
                else
                {
                    call.Response.StatusCode = 404;
                }
                call.Response.Close();
            }
        }
        catch (Exception) when (!_listener.IsListening)
        {
            // The test has ended.
        }
    }
}
