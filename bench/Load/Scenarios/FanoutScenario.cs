using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace BigTech.Load.Scenarios;

/// <summary>One message to many open streams of one room: the time until the last stream has it.</summary>
internal sealed class FanoutScenario : IScenario
{
    private const int StreamsPerMember = 10;
    private const int UncountedSends = 5;
    private const int CountedSends = 25;
    private const double MaxMilliseconds = 100;
    private static readonly TimeSpan DeliverWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public string Name => "fanout";

    public async Task Run(LoadContext context, CancellationToken cancellation)
    {
        var streams = context.Options.FanoutStreams;
        context.Progress.Step($"fanout: {streams} bare streams held by the echo");
        var echo = await MeasureEcho(streams, cancellation);

        await using var server = await context.StartServer(cheapPasswords: true, cancellation);
        using var client = new ChatSetup(server.Address);
        context.Progress.Step("fanout: creating the group");
        var members = await client.CreateAccounts(Math.Max(2, (streams + StreamsPerMember - 1) / StreamsPerMember), cancellation);
        var room = await client.CreateGroup(members, cancellation);
        context.Progress.Step($"fanout: opening {streams} streams of {members.Length} members");
        var arrivals = new Arrivals(streams);
        using var crowd = await StreamCrowd.Open(
            server.Endpoint,
            streams,
            index => HttpRequestBytes.GetStream(server.Endpoint, $"/messages/stream/{room}", members[index % members.Length].Token),
            arrivals,
            cancellation);

        context.Progress.Step($"fanout: {UncountedSends + CountedSends} sends to {streams} streams");
        var post = new NumberedPost(server.Endpoint, $"/messages/{room}", members[0].Token);
        var times = await Send(server.Endpoint, post.Next, 201, arrivals, cancellation);
        Check(context.Report, crowd, arrivals);
        AddFigures(context, streams, times, echo);
    }

    private static async Task<List<FanoutTime>> MeasureEcho(int streams, CancellationToken cancellation)
    {
        await using var echo = await EchoProcess.Start(cancellation);
        var request = HttpRequestBytes.GetStream(echo.Endpoint, EchoServer.StreamPath, token: null);
        var arrivals = new Arrivals(streams);
        using var crowd = await StreamCrowd.Open(echo.Endpoint, streams, _ => request, arrivals, cancellation);
        var post = new NumberedPost(echo.Endpoint, EchoServer.BroadcastPath, token: null);
        return await Send(echo.Endpoint, post.Next, 200, arrivals, cancellation);
    }

    private static async Task<List<FanoutTime>> Send(
        IPEndPoint endpoint, Func<ReadOnlyMemory<byte>> next, int expectedStatus, Arrivals arrivals, CancellationToken cancellation)
    {
        var times = new List<FanoutTime>();
        using var connection = await HttpConnection.Open(endpoint, cancellation);
        for (var send = 0; send < UncountedSends + CountedSends; send++)
        {
            var complete = arrivals.ExpectAll();
            var startedAt = Stopwatch.GetTimestamp();
            var status = await connection.Exchange(next());
            var answeredAt = Stopwatch.GetTimestamp();
            if (status != expectedStatus)
            {
                throw new LoadException($"a send to the group was answered with {status}");
            }

            try
            {
                var lastAt = await complete.WaitAsync(DeliverWithin, cancellation);
                times.Add(new FanoutTime(Milliseconds(startedAt, lastAt), Math.Max(0, Milliseconds(answeredAt, lastAt))));
            }
            catch (TimeoutException)
            {
                throw new LoadException($"{arrivals.Missing} streams lacked a message {DeliverWithin.TotalSeconds} s after its answer");
            }

            await Task.Delay(Pause, cancellation);
        }

        return times[UncountedSends..];
    }

    private static double Milliseconds(long from, long to) => (to - from) * 1000.0 / Stopwatch.Frequency;

    private static void Check(Report report, StreamCrowd crowd, Arrivals arrivals)
    {
        if (crowd.Ended > 0)
        {
            report.Problem($"fanout: {crowd.Ended} streams ended: {crowd.FirstFailure}");
        }

        if (arrivals.Unexpected > 0)
        {
            report.Problem($"fanout: {arrivals.Unexpected} events arrived that were not sent, or a stream was reset");
        }
    }

    private void AddFigures(LoadContext context, int streams, List<FanoutTime> times, List<FanoutTime> echo)
    {
        var afterAnswer = new Samples(times.Select(t => t.AfterAnswer));
        context.Report.Add(new Figure(Name, $"answer to last of {streams}, median", "ms", Samples.One(afterAnswer.Median)));
        context.Report.Add(new Figure(Name, $"answer to last of {streams}, slowest of {times.Count}", "ms", Samples.One(afterAnswer.Max))
        {
            Goal = Goal.AtMost(MaxMilliseconds),
        });
        var whole = new Samples(times.Select(t => t.Whole));
        var bare = new Samples(echo.Select(t => t.Whole));
        context.Report.Add(Figure.Beside(Name, $"send to last of {streams}, median", "ms", [(whole.Median, bare.Median)]));
        context.Report.Add(Figure.Beside(Name, $"send to last of {streams}, slowest", "ms", [(whole.Max, bare.Max)]));
        context.Progress.Note(string.Create(
            CultureInfo.InvariantCulture,
            $"last delivery {afterAnswer.Median:0.0} ms after the answer, slowest {afterAnswer.Max:0.0} ms;"
            + $" bare Kestrel {bare.Median:0.0} ms after the send"));
    }

    /// <summary>One send: milliseconds from its start and from its answer to its arrival at the last stream.</summary>
    private readonly record struct FanoutTime(double Whole, double AfterAnswer);

    /// <summary>Counts the arrivals of one message at all streams.</summary>
    private sealed class Arrivals(int streams) : ISseListener
    {
        private TaskCompletionSource<long> _complete = new();
        private int _missing;
        private int _unexpected;

        public int Missing => _missing;

        public int Unexpected => _unexpected;

        /// <summary>Completes with the time of the last arrival when every stream has received the next message.</summary>
        public Task<long> ExpectAll()
        {
            _complete = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref _missing, streams);
            return _complete.Task;
        }

        public void OnEvent(ReadOnlySpan<byte> name, ReadOnlySpan<byte> id, ReadOnlySpan<byte> data, long arrivedAt)
        {
            if (name.SequenceEqual("reset"u8))
            {
                Interlocked.Increment(ref _unexpected);
            }

            if (!name.SequenceEqual("message.created"u8))
            {
                return;
            }

            var missing = Interlocked.Decrement(ref _missing);
            if (missing == 0)
            {
                _complete.TrySetResult(Stopwatch.GetTimestamp());
            }
            else if (missing < 0)
            {
                Interlocked.Increment(ref _unexpected);
            }
        }
    }
}
