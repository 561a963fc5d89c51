using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace BigTech.Load.Scenarios;

/// <summary>
/// Does notifying the 1,000 members of a busy group slow down the senders? 500 messages a second are sent to a group of two and then to one
/// of 1,000, in which no member has the room open. At the end every member must have been notified of every message.
/// </summary>
internal sealed class NotificationsScenario : IScenario
{
    private const int Members = 1000;
    private const int Senders = 20;
    private const double MaxP99Milliseconds = 50;
    private const double MaxLagMilliseconds = 2000;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan NotifiedWithin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    public string Name => "notifications";

    public async Task Run(LoadContext context, CancellationToken cancellation)
    {
        await using var server = await context.StartServer(cheapPasswords: true, cancellation);
        using var client = new ChatSetup(server.Address);
        context.Progress.Step($"notifications: creating {Members} users and two groups");
        var accounts = await client.CreateAccounts(Members, cancellation);
        var small = await GroupAsync(accounts[..2], accounts[1]);
        var large = await GroupAsync(accounts, accounts[^1]);
        context.Progress.Step("notifications: warming up");
        await Measure(small);
        await Measure(large);

        var results = new List<Beside>();
        for (var repeat = 1; repeat <= context.Options.Repeat; repeat++)
        {
            await client.RefreshTokens(accounts, cancellation);
            context.Progress.Step($"notifications, repeat {repeat} of {context.Options.Repeat}: a group of 2");
            var few = await Measure(small);
            context.Progress.Step($"notifications, repeat {repeat} of {context.Options.Repeat}: a group of {Members}");
            var many = await Measure(large);
            results.Add(new Beside(few, many));
            LogProgress(context, results[^1]);
        }

        AddFigures(context.Report, results);

        async Task<Group> GroupAsync(Account[] members, Account listener) =>
            new(await client.CreateGroup(members, cancellation), members, listener);

        async Task<Recipient> Measure(Group group)
        {
            // The last member never writes and is notified of every message. In a group of two only the owner writes.
            var writers = group.Members[..^1];
            var sends = Enumerable.Range(0, Senders)
                .Select(sender => new CountedSend(server.Endpoint, group.Room, writers[sender % writers.Length])).ToArray();
            var result = await ClosedLoop.Run(
                server.Endpoint, sends, context.Options.Pace with { Interval = Interval }, server.Usage, cancellation);
            context.Report.Check($"notifications, a group of {group.Members.Length}", result);
            group.Sent += sends.Sum(send => send.Accepted);
            return new Recipient(result, await WaitUntilNotified(context.Report, client, group, cancellation));
        }
    }

    /// <summary>The time from the last answer until the listener has been notified of every message.</summary>
    private static async Task<double> WaitUntilNotified(Report report, ChatSetup client, Group group, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var notified = await client.CountNotified(group.Listener, group.Room, cancellation);
            if (notified == group.Sent)
            {
                return clock.Elapsed.TotalMilliseconds;
            }

            if (notified > group.Sent || clock.Elapsed > NotifiedWithin)
            {
                report.Problem(
                    $"notifications: {group.Sent} messages were sent to a group of {group.Members.Length} and {notified} were notified");
                return clock.Elapsed.TotalMilliseconds;
            }

            await Task.Delay(Poll, cancellation);
        }
    }

    private static void LogProgress(LoadContext context, Beside result) => context.Progress.Note(string.Create(
        CultureInfo.InvariantCulture,
        $"a group of 2: {Describe(result.Few)}; a group of {Members}: {Describe(result.Many)}"));

    private static string Describe(Recipient recipient) => string.Create(
        CultureInfo.InvariantCulture,
        $"{recipient.Sends.PerSecond:N0}/s p50 {P50(recipient):0.0} p99 {P99(recipient):0.0} ms, {recipient.Sends.Cores.Target:0.00} cores,"
        + $" all notified after {recipient.LagMilliseconds:0} ms");

    private void AddFigures(Report report, List<Beside> results)
    {
        Add("sends", "/s", recipient => recipient.Sends.PerSecond);
        Add("send p50", "ms", P50);
        Add("send p99", "ms", P99, Goal.AtMost(MaxP99Milliseconds));
        Add("cores used", "cores", recipient => recipient.Sends.Cores.Target);
        Add("last answer to all told", "ms", recipient => recipient.LagMilliseconds, Goal.AtMost(MaxLagMilliseconds));

        void Add(string what, string unit, Func<Recipient, double> of, Goal? goal = null)
        {
            report.Add(new Figure(Name, $"{what}, a group of 2", unit, new Samples(results.Select(r => of(r.Few)))));
            var many = new Samples(results.Select(r => of(r.Many)));
            report.Add(new Figure(Name, $"{what}, a group of {Members}", unit, many) { Goal = goal });
        }
    }

    private static double P50(Recipient recipient) => recipient.Sends.Latency.PercentileMilliseconds(0.5);

    private static double P99(Recipient recipient) => recipient.Sends.Latency.PercentileMilliseconds(0.99);

    /// <summary>A group, and one of its members who only receives.</summary>
    private sealed record Group(long Room, Account[] Members, Account Listener)
    {
        public long Sent { get; set; }
    }

    /// <summary>The sends, and the time from the last answer to the last notification.</summary>
    private sealed record Recipient(LoopResult Sends, double LagMilliseconds);

    /// <summary>The results of one repeat.</summary>
    private sealed record Beside(Recipient Few, Recipient Many);

    /// <summary>Sends to a group and counts what was stored.</summary>
    private sealed class CountedSend(IPEndPoint endpoint, long room, Account sender) : IExchange
    {
        private readonly NumberedPost _post = new(endpoint, $"/messages/{room}", sender.Token);

        public long Accepted { get; private set; }

        public ReadOnlyMemory<byte> Next(long startedAt) => _post.Next();

        public bool Accept(int status, ReadOnlySpan<byte> body, long answeredAt)
        {
            if (status == 201)
            {
                Accepted++;
            }

            return status == 201;
        }
    }
}
