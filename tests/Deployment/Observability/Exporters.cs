using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BigTech.Tests.Testing;

namespace BigTech.Tests.Deployment.Observability;

/// <summary>
/// The real exporters of MariaDB, Redis, the machine and URLs. Those of Kafka and MongoDB are in no package of the system, and no cluster
/// is here: what they give is listed here from their documentation.
/// </summary>
internal sealed class Exporters : IDisposable
{
    /// <summary>
    /// Of github.com/danielqsj/kafka_exporter, github.com/percona/mongodb_exporter, the kubelet with its cAdvisor, and kube-state-metrics,
    /// with labels.
    /// </summary>
    public static readonly IReadOnlyDictionary<string, string[]> Documented = new Dictionary<string, string[]>
    {
        ["kafka_brokers"] = [],
        ["kafka_topic_partition_current_offset"] = ["topic", "partition"],
        ["kafka_topic_partition_under_replicated_partition"] = ["topic", "partition"],
        ["kafka_consumergroup_lag"] = ["consumergroup", "topic", "partition"],
        ["mongodb_up"] = [],
        ["mongodb_ss_connections"] = ["conn_type"],
        ["mongodb_ss_opcounters"] = ["legacy_op_type"],
        ["mongodb_ss_mem_resident"] = [],
        ["kubelet_volume_stats_available_bytes"] = ["namespace", "persistentvolumeclaim"],
        ["kubelet_volume_stats_capacity_bytes"] = ["namespace", "persistentvolumeclaim"],
        ["container_memory_working_set_bytes"] = ["namespace", "pod", "container", "id", "image", "name"],
        ["container_spec_memory_limit_bytes"] = ["namespace", "pod", "container", "id", "image", "name"],
        ["kube_pod_container_resource_limits"] = ["namespace", "pod", "uid", "container", "node", "resource", "unit"],
        ["kube_pod_container_status_restarts_total"] = ["namespace", "pod", "uid", "container"],
        ["kube_pod_container_status_last_terminated_reason"] = ["namespace", "pod", "uid", "container", "reason"],
    };

    private readonly List<WatchedProgram> _programs = [];
    private readonly TemporaryFolder _folder = new();
    private readonly TlsPage _page = new();
    private readonly List<(string Job, string Address)> _targets = [];

    /// <summary>Of the engines too.</summary>
    public Exporters(int mySqlPort, int redisPort) : this()
    {
        Run("mysql", address => [
            "env", $"DATA_SOURCE_NAME=root@(127.0.0.1:{mySqlPort})/", "prometheus-mysqld-exporter", $"--web.listen-address={address}"]);
        Run("redis", address => [
            "prometheus-redis-exporter", $"--redis.addr=redis://127.0.0.1:{redisPort}", $"--web.listen-address={address}"],
            sign: "Providing metrics at");
    }

    /// <summary>Of the machine and of URLs.</summary>
    public Exporters()
    {
        Run("node", address => ["prometheus-node-exporter", $"--web.listen-address={address}"]);
        var modules = _folder["blackbox.yml"];
        // The certificate of the test has no issuer that clients trust.
        File.WriteAllText(modules, "modules: {http_2xx: {prober: http, http: {tls_config: {insecure_skip_verify: true}}}}");
        Run("blackbox", address => ["prometheus-blackbox-exporter", $"--config.file={modules}", $"--web.listen-address={address}"]);
    }

    public IEnumerable<(string Job, string Address)> Targets => _targets.Where(target => target.Job != "blackbox");

    public string Blackbox => _targets.First(target => target.Job == "blackbox").Address;

    /// <summary>A page with a certificate of a month.</summary>
    public string Url => _page.Url;

    public void Dispose()
    {
        foreach (var program in _programs) program.Dispose();
        _page.Dispose();
        _folder.Dispose();
    }

    private void Run(string job, Func<string, string[]> command, string sign = "Listening on")
    {
        var address = $"127.0.0.1:{Loopback.FreePort()}";
        var words = command(address);
        _programs.Add(new WatchedProgram(sign, words[0], words[1..]));
        _targets.Add((job, address));
    }

    /// <summary>Answers every connection over TLS with an empty page.</summary>
    private sealed class TlsPage : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly X509Certificate2 _certificate;

        public TlsPage()
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
            _certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
            _listener.Start();
            _ = Answer();
        }

        public string Url => $"https://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

        public void Dispose()
        {
            _listener.Stop();
            _certificate.Dispose();
        }

        private async Task Answer()
        {
            while (_listener.Server.IsBound)
            {
                try
                {
                    using var client = await _listener.AcceptTcpClientAsync();
                    await using var tls = new SslStream(client.GetStream());
                    await tls.AuthenticateAsServerAsync(_certificate);
                    await tls.ReadAtLeastAsync(new byte[4096], 1);
                    await tls.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray());
                }
                catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException)
                {
                    // The caller, or the test, has gone.
                }
            }
        }
    }
}
