using System.Diagnostics;
using System.Globalization;
using BigTech.Tests.Kafka;
using BigTech.Tests.Testing;

namespace BigTech.Load.Scenarios;

/// <summary>
/// Two replicas of all roles on one MariaDB, one Redis and Kafka's mock cluster: from the answer to a send at one to its event on a stream
/// at the other. One of the two relays the events, so both directions are measured, each compared with a stream at the sender's replica.
/// </summary>
internal sealed class ReplicasScenario : IScenario
{
    private const int Uncounted = 30;
    private const int Counted = 300;
    private const double MaxMilliseconds = 20;
    private static readonly TimeSpan ArriveWithin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan MaxPause = TimeSpan.FromMilliseconds(30);

    public string Name => "replicas";

    public async Task Run(LoadContext context, CancellationToken cancellation)
    {
        if (context.Options.ServerDll is null)
        {
            throw new LoadException("needs servers that it starts itself");
        }

        context.Progress.Step("replicas: starting a database server, Redis, brokers and two servers");
        using var database = new MariaDbServer();
        database.Start(durable: true);
        using var redis = new RedisServer();
        using var kafka = new MockKafka();
        kafka.CreateTopics();
        (string, string)[] settings =
        [
            ("BIGTECH_Sql__Engine", "mysql"), ("BIGTECH_Sql__ConnectionString", database.ConnectionString),
            ("BIGTECH_Redis__Configuration", redis.Address), ("BIGTECH_Kafka__BootstrapServers", kafka.BootstrapServers),
            // Unlike real brokers, the mock cluster does not wake a waiting fetch when an event arrives.
            ("BIGTECH_Kafka__FetchWaitMilliseconds", "5"), ("BIGTECH_Users__KeysDirectory", context.Workspace.NewDataFolder()),
        ];
        await using var first = await context.StartServer(cheapPasswords: true, cancellation, settings);
        await using var second = await context.StartServer(cheapPasswords: true, cancellation, settings);
        using var client = new ChatSetup(first.Address);
        var accounts = await client.CreateAccounts(2, cancellation);
        var room = (await client.CreateDirectRooms(accounts, cancellation))[0];

        var there = await Measure(first, second);
        var back = await Measure(second, first);
        var here = await Measure(first, first);
        var slower = there.Median > back.Median ? there : back;
        context.Report.Add(
            new Figure(Name, "answer to event at the other replica, median of the slower way", "ms", Samples.One(slower.Median))
            {
                Goal = Goal.AtMost(MaxMilliseconds),
            });
        context.Report.Add(new Figure(Name, "the same, of the faster way", "ms", Samples.One(Math.Min(there.Median, back.Median))));
        context.Report.Add(new Figure(Name, "the same at the same replica", "ms", Samples.One(here.Median)));
        context.Report.Add(new Figure(Name, "p99 of both ways", "ms", Samples.One(Percentile(there.Values.Concat(back.Values), 0.99))));

        async Task<Samples> Measure(ServerProcess sender, ServerProcess reader)
        {
            context.Progress.Step($"replicas: {Uncounted + Counted} sends from {sender.Endpoint.Port} to {reader.Endpoint.Port}");
            var arrivals = new Arrivals();
            using var stream = await SseReader.Open(
                reader.Endpoint, HttpRequestBytes.GetStream(reader.Endpoint, $"/messages/stream/{room}", accounts[1].Token), arrivals,
                cancellation);
            using var connection = await HttpConnection.Open(sender.Endpoint, cancellation);
            var post = new NumberedPost(sender.Endpoint, $"/messages/{room}", accounts[0].Token);
            var took = new List<double>();
            for (var send = 0; send < Uncounted + Counted; send++)
            {
                var next = arrivals.Next();
                var status = await connection.Exchange(post.Next());
                var answeredAt = Stopwatch.GetTimestamp();
                if (status != 201)
                {
                    throw new LoadException($"a send was answered with {status}");
                }

                var arrivedAt = await next.WaitAsync(ArriveWithin, cancellation);
                took.Add(Math.Max(0, Stopwatch.GetElapsedTime(answeredAt, arrivedAt).TotalMilliseconds));
                // A random pause, so that sends are not in phase with the polling of the store or the brokers.
                await Task.Delay(ShortestPause + (MaxPause - ShortestPause) * Random.Shared.NextDouble(), cancellation);
            }

            var counted = new Samples(took.Skip(Uncounted));
            context.Progress.Note(string.Create(CultureInfo.InvariantCulture,
                $"median {counted.Median:0.0} ms, p99 {Percentile(counted.Values, 0.99):0.0} ms"));
            return counted;
        }
    }

    private static double Percentile(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToList();
        return sorted[(int)(sorted.Count * share)];
    }

    private sealed class Arrivals : ISseListener
    {
        private TaskCompletionSource<long> _next = new();

        /// <summary>Completes with the arrival time of the next message.</summary>
        public Task<long> Next()
        {
            _next = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
            return _next.Task;
        }

        public void OnEvent(ReadOnlySpan<byte> name, ReadOnlySpan<byte> id, ReadOnlySpan<byte> data, long arrivedAt)
        {
            if (name.SequenceEqual("message.created"u8))
            {
                _next.TrySetResult(arrivedAt);
            }
        }
    }
}
