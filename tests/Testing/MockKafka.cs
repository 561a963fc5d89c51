using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using BigTech.Contracts;
using BigTech.Tests.Testing;

namespace BigTech.Tests.Kafka;

/// <summary>
/// The test cluster of librdkafka. It speaks Kafka's protocol over TCP on loopback, to other processes too, as long as the process that
/// created it lives. It creates topics on first use, supports no administration, keeps the newest 5 MB of a partition, and loses everything
/// when it is disposed.
/// </summary>
public sealed partial class MockKafka : IDisposable
{
    private const int Producer = 0;

    private readonly IntPtr _client;
    private readonly IntPtr _cluster;
    // The library keeps a pointer to it.
    private readonly LogHandler _log;
    private readonly ConcurrentDictionary<string, long> _heartbeats = new();
    private readonly ConcurrentDictionary<string, bool> _stableGroups = new();
    private int _stateChanges;

    static MockKafka() => NativeLibrary.SetDllImportResolver(typeof(MockKafka).Assembly, (name, assembly, path) =>
        name == Library && (
            NativeLibrary.TryLoad(Library, assembly, path, out var found) || NativeLibrary.TryLoad(PlainLibrary, assembly, path, out found))
            ? found
            : IntPtr.Zero);

    public MockKafka(int brokers = 3)
    {
        EngineProcesses.ThrowIfExcluded("a cluster of Kafka's protocol");
        var error = new byte[512];
        var config = NewConfig();
        _log = (_, _, _, line) => Follow(line);
        SetLogHandler(config, _log);
        // A line then starts with its text.
        _ = SetConfig(config, "log.thread.name", "false", error, error.Length);
        _ = SetConfig(config, "log_level", "7", error, error.Length);
        _ = SetConfig(config, "debug", "mock", error, error.Length);
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

    /// <summary>
    /// How many members the consumer groups have, those included whose process was killed and whose session has not expired.
    /// </summary>
    public int Members => _heartbeats.Count;

    /// <summary>
    /// A condition to wait for: no group rebalances, and each member has shown since the last rebalance that it is alive. The mock names
    /// members by their addresses: while it still knows the members of killed processes, it may take another client for one of them, and it
    /// sends that client no events.
    /// </summary>
    public Func<bool> OnlyLivingMembers()
    {
        // A rebalance counts as a sign of life of every member, even of a dead one.
        var (rebalances, before) = (-1, new Dictionary<string, long>());
        return () =>
        {
            var isStable = _stableGroups.Values.All(isStable => isStable);
            if (isStable && rebalances == Volatile.Read(ref _stateChanges))
            {
                return _heartbeats.All(member => member.Value > before.GetValueOrDefault(member.Key));
            }
            rebalances = Volatile.Read(ref _stateChanges);
            before = _heartbeats.ToDictionary();
            return false;
        };
    }

    /// <summary>All brokers become unavailable: they refuse connections and drop the open ones.</summary>
    public void GoAway() => OnAll(id => BrokerSetDown(_cluster, id));

    public void ComeBack() => OnAll(id => BrokerSetUp(_cluster, id));

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

    /// <summary>Reads in the debug log of the mock who is a member and which groups rebalance. It has no other way to know.</summary>
    private void Follow(IntPtr text)
    {
        if (Marshal.ReadByte(text) != (byte)'M') return;
        var line = Marshal.PtrToStringUTF8(text)!;
        if (Heartbeat().Match(line) is { Success: true } heartbeat)
        {
            _heartbeats.AddOrUpdate(heartbeat.Groups[1].Value, 1, (_, count) => count + 1);
        }
        else if (Departure().Match(line) is { Success: true } departure)
        {
            _heartbeats.TryRemove(departure.Groups[1].Value, out _);
        }
        else if (StateChange().Match(line) is { Success: true } change)
        {
            _stableGroups[change.Groups[1].Value] = change.Groups[2].Value is "Up" or "Empty";
            Interlocked.Increment(ref _stateChanges);
        }
    }

    [GeneratedRegex(@"^Marking mock consumer group member (\S+) as active")]
    private static partial Regex Heartbeat();

    [GeneratedRegex(@"^Member (\S+) (?:session timed out|is leaving)")]
    private static partial Regex Departure();

    [GeneratedRegex(@"^Mock consumer group (\S+) with .* changing state \w+ -> (\w+):")]
    private static partial Regex StateChange();

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

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate void LogHandler(IntPtr client, int level, IntPtr facility, IntPtr line);

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_set_log_cb")]
    private static partial void SetLogHandler(IntPtr config, LogHandler handler);

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
