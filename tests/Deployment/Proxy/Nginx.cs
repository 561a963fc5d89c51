using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BigTech.Tests.EndToEnd;
using BigTech.Tests.Testing;

namespace BigTech.Tests.Deployment.Proxy;

/// <summary>The real nginx with <c>deploy/proxy/nginx.conf</c>, in which only places are changed, in front of a server.</summary>
internal sealed class Nginx : IDisposable
{
    private const string Name = "localhost";
    private static readonly string[] TemporaryFiles = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];

    private readonly TemporaryFolder _folder = new();
    private readonly WatchedProgram _program;
    private readonly int _port = Loopback.FreePort();
    private readonly int _plainPort = Loopback.FreePort();

    /// <param name="changes">Parts of the file, and what a test needs in their place.</param>
    public Nginx(Uri gateway, params (string Part, string Change)[] changes)
    {
        WriteCertificate();
        var text = File.ReadAllText(Path.Combine(Repository.Root, "deploy", "proxy", "nginx.conf"));
        (string Part, string Change)[] places =
        [
            // One process, which ends when it is killed.
            ("user www-data;", "user root; daemon off; master_process off;"),
            ("error_log /var/log/nginx/error.log warn;", "error_log stderr notice;"),
            ("/run/nginx.pid", _folder["pid"]),
            ("/var/log/nginx/access.log", AccessLog),
            ("http {", $"http {{ {TemporaryPaths()}"),
            ("127.0.0.1:8000", gateway.Authority),
            ("listen 80;", $"listen 127.0.0.1:{_plainPort};"),
            ("listen 443 ssl http2;", $"listen 127.0.0.1:{_port} ssl http2;"),
            ("listen [::]:80;", ""),
            ("listen [::]:443 ssl http2;", ""),
            ("/etc/letsencrypt/live/chat.example.com/", $"{_folder.Path}/"),
            ("chat.example.com", Name),
        ];
        foreach (var (part, change) in places.Concat(changes))
        {
            text.ShouldContain(part, Case.Sensitive);
            text = text.Replace(part, change, StringComparison.Ordinal);
        }
        File.WriteAllText(_folder["nginx.conf"], text);
        _program = new WatchedProgram(
            "getrlimit(RLIMIT_NOFILE)", "nginx", "-p", _folder.Path, "-e", "stderr", "-c", _folder["nginx.conf"]);
    }

    public Uri Address => new($"https://{Name}:{_port}/");

    public Uri PlainAddress => new($"http://{Name}:{_plainPort}/");

    public string AccessLog => _folder["access.log"];

    /// <summary>Sends a request over HTTP/2 from an address of this machine.</summary>
    public static async Task<Answer> Send(HttpRequestMessage request, string from = "127.0.0.1")
    {
        using var http = new HttpClient(LoopbackConnections.Handler(socket => socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0))))
        {
            Timeout = Patience.Long,
        };
        request.Version = request.RequestUri!.Scheme == Uri.UriSchemeHttps ? HttpVersion.Version20 : HttpVersion.Version11;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return await Answer.Read(response);
    }

    public Task<Answer> Get(string path, string from = "127.0.0.1") =>
        Send(new HttpRequestMessage(HttpMethod.Get, new Uri(Address, path)), from);

    public Task<Answer> Upload(string path, int bytes, User by)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Address, path)) { Content = new ByteArrayContent(new byte[bytes]) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", by.Tokens.AccessToken);
        return Send(request);
    }

    /// <summary>Opens a user's stream of a room over HTTP/2.</summary>
    public Task<SseClient> Stream(User user, long room, string? lastEventId = null) => SseClient.Open(
        new Uri(Address, $"/api/messages/stream/{room}"), user.Tokens.AccessToken, lastEventId, version: HttpVersion.Version20);

    public void Dispose()
    {
        _program.Dispose();
        _folder.Dispose();
    }

    private string TemporaryPaths() => string.Concat(TemporaryFiles.Select(kind => $"{kind}_temp_path {_folder[kind]}; "));

    private void WriteCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={Name}", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(_folder["fullchain.pem"], certificate.ExportCertificatePem());
        File.WriteAllText(_folder["privkey.pem"], key.ExportPkcs8PrivateKeyPem());
    }
}
