using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using BigTech.Contracts;
using BigTech.Tests.Shared;

namespace BigTech.Tests.Kafka;

/// <summary>
/// The test cluster of librdkafka. It speaks Kafka's protocol over TCP on loopback, to other processes too, as long as the process that
/// created it lives. It creates topics on first use, supports no administration, keeps the newest 5 MB of a partition, and loses everything
/// when it is disposed.
/// </summary>
public sealed partial class MockKafka : IDisposable
{
    private const int Producer = 0;
    // Twice the session timeout of the product's consumers, plus a margin.
    private static readonly TimeSpan SessionsEnd = TimeSpan.FromSeconds(22);

    private readonly IntPtr _client;
    private readonly IntPtr _cluster;
    private long _wentAway;

    static MockKafka() => NativeLibrary.SetDllImportResolver(typeof(MockKafka).Assembly, (name, assembly, path) =>
        name == Library && (NativeLibrary.TryLoad(Library, assembly, path, out var found) || NativeLibrary.TryLoad(PlainLibrary, assembly, path, out found))
            ? found
            : IntPtr.Zero);

    public MockKafka(int brokers = 3)
    {
        EngineProcesses.ThrowIfExcluded("a cluster of Kafka's protocol");
        var error = new byte[512];
        var config = NewConfig();
        // It would warn that it has no brokers.
        _ = SetConfig(config, "log_level", "0", error, error.Length);
        _client = NewClient(Producer, config, error, error.Length);
        if (_client == IntPtr.Zero) throw new InvalidOperationException(Encoding.UTF8.GetString(error));
        _cluster = NewCluster(_client, brokers);
        if (_cluster == IntPtr.Zero) throw new InvalidOperationException("The mock cluster does not start.");
        Brokers = brokers;
        BootstrapServers = Marshal.PtrToStringUTF8(Bootstraps(_cluster))!;
    }

    /// <summary>The number of brokers; their ids are 1, 2, 3 …</summary>
    public int Brokers { get; }

    public string BootstrapServers { get; }

    public void CreateTopic(string name, int partitions) => Check(TopicCreate(_cluster, name, partitions, Brokers));

    /// <summary>Creates the product's topics: the mock supports no administration; on real brokers the product creates them.</summary>
    public void CreateTopics(string prefix = "")
    {
        foreach (var topic in Topics.All)
        {
            CreateTopic(prefix + topic.Name, topic.Partitions);
            CreateTopic($"{prefix}{topic.Name}.dlq", 1);
        }
    }

    /// <summary>All brokers become unavailable: they refuse connections and drop the open ones.</summary>
    public void GoAway()
    {
        _wentAway = Stopwatch.GetTimestamp();
        OnAll(id => BrokerSetDown(_cluster, id));
    }

    /// <summary>
    /// The same, after the sessions of killed processes have ended: while the mock still knows their members, it may take a reconnecting
    /// client for one of them, and it sends that client no events.
    /// </summary>
    public async Task GoAwayAfterSessions()
    {
        await Task.Delay(SessionsEnd);
        GoAway();
    }

    public void ComeBack() => OnAll(id => BrokerSetUp(_cluster, id));

    /// <summary>
    /// Makes the brokers available after every consumer has lost its membership and noticed that. The mock names members by their
    /// addresses: if clients of removed members reconnect under the old names, it may confuse them, and an assertion ends the process.
    /// </summary>
    public async Task ComeBackAfterSessions()
    {
        var rest = SessionsEnd - Stopwatch.GetElapsedTime(_wentAway);
        if (rest > TimeSpan.Zero) await Task.Delay(rest);
        ComeBack();
    }

    /// <summary>Delays every answer by this time.</summary>
    public void Delay(TimeSpan by) => OnAll(id => BrokerSetRtt(_cluster, id, (int)by.TotalMilliseconds));

    /// <summary>The next requests of a kind fail with an error.</summary>
    /// <param name="api">The request's number in Kafka's protocol.</param>
    /// <param name="error">The error's number.</param>
    public void Fail(short api, int error, int times) =>
        PushRequestErrors(_cluster, api, (nuint)times, [.. Enumerable.Repeat(error, times)]);

    public void FailNoMore(short api) => ClearRequestErrors(_cluster, api);

    public void Dispose()
    {
        DestroyCluster(_cluster);
        DestroyClient(_client);
    }

    private void OnAll(Func<int, int> change)
    {
        for (var id = 1; id <= Brokers; id++) Check(change(id));
    }

    private static void Check(int error)
    {
        if (error != 0) throw new InvalidOperationException($"The mock cluster says {error}.");
    }

    private const string Library = "librdkafka";

    // The same without GSSAPI, which needs a library that few systems have. The product's client falls back to it too.
    private const string PlainLibrary = "centos8-librdkafka";

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_new")]
    private static partial IntPtr NewConfig();

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_set", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetConfig(IntPtr config, string name, string value, [Out] byte[] error, nint errorSize);

    [LibraryImport(Library, EntryPoint = "rd_kafka_new")]
    private static partial IntPtr NewClient(int type, IntPtr config, [Out] byte[] error, nint errorSize);

    [LibraryImport(Library, EntryPoint = "rd_kafka_destroy")]
    private static partial void DestroyClient(IntPtr client);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_new")]
    private static partial IntPtr NewCluster(IntPtr client, int brokers);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_destroy")]
    private static partial void DestroyCluster(IntPtr cluster);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_bootstraps")]
    private static partial IntPtr Bootstraps(IntPtr cluster);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_topic_create", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int TopicCreate(IntPtr cluster, string topic, int partitions, int replicas);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_broker_set_down")]
    private static partial int BrokerSetDown(IntPtr cluster, int broker);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_broker_set_up")]
    private static partial int BrokerSetUp(IntPtr cluster, int broker);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_broker_set_rtt")]
    private static partial int BrokerSetRtt(IntPtr cluster, int broker, int milliseconds);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_push_request_errors_array")]
    private static partial void PushRequestErrors(IntPtr cluster, short api, nuint count, [In] int[] errors);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_clear_request_errors")]
    private static partial void ClearRequestErrors(IntPtr cluster, short api);
}
