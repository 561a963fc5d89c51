using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using BigTech.Tests.Testing;
using MySqlConnector;

namespace BigTech.Load.Scenarios;

/// <summary>
/// Searches among 300,000 users: do 16 at once leave profile reads and sign-ins alone, as fast as people type, and at full speed? How long
/// do they take themselves, beside the scan that they were before? On SQLite and on MariaDB.
/// </summary>
internal sealed class SearchScenario : IScenario
{
    private const int Users = 300_000;
    private const int Searchers = 8;
    private const int SearchesOfEach = 2;
    private const int Readers = 8;
    private const int SigningIn = 4;
    private const double MaxRatio = 2;
    private const int LeastBody = 20;
    private static readonly TimeSpan IndexedWithin = TimeSpan.FromMinutes(15);

    // 320 reads and 4 sign-ins a second: a steady rate shows what waits, and leaves the processor for the searches.
    private static readonly TimeSpan ReadInterval = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan SignInInterval = TimeSpan.FromSeconds(1);

    // A search for each key that a fast hand types: ten times what the server allows by default.
    private static readonly TimeSpan TypingInterval = TimeSpan.FromMilliseconds(100);

    // Whole, half-typed, by initials, inside, one letter, and without a match.
    private static readonly string[] Texts = ["김민지", "박ㅅ", "ㄱㅁㅈ", "지영", "kim_rose", "rose", "a", "277", "nobody_at_all"];

    public string Name => "search";

    public async Task Run(LoadContext context, CancellationToken cancellation)
    {
        var folder = context.Workspace.NewDataFolder();
        await Measure(context, "SQLite", folder, () => People.Open(Path.Combine(folder, "users.db")), [], cancellation);
        context.Progress.Step("search: the search as it was, over the same users");
        var former = new Samples(People.MeasureFormerSearch(folder, Users, Texts, context.Options.Repeat));
        context.Report.Add(new Figure(Name, "SQLite: a search as it was (a scan, without a server)", "ms", former));

        context.Progress.Step("search: starting a database server");
        using var database = new MariaDbServer();
        database.Start(durable: true);
        await Measure(
            context, "MariaDB", context.Workspace.NewDataFolder(), () => OpenMariaDb(database),
            [("BIGTECH_Sql__Engine", "mysql"), ("BIGTECH_Sql__ConnectionString", database.ConnectionString)], cancellation);
    }

    private static MySqlConnection OpenMariaDb(MariaDbServer database)
    {
        var connection = new MySqlConnection($"{database.ConnectionString};Database=bigtech_users;Pooling=false");
        connection.Open();
        return connection;
    }

    private async Task Measure(
        LoadContext context, string engine, string folder, Func<DbConnection> open, (string Name, string Value)[] settings,
        CancellationToken cancellation)
    {
        Account[] accounts;
        await using (var first = await context.StartServer(folder, cheapPasswords: false, cancellation, settings))
        {
            context.Progress.Step($"search, {engine}: creating {Users} users");
            using var setUp = new ChatSetup(first.Address);
            accounts = await setUp.CreateAccounts(Searchers + Readers + SigningIn, cancellation);
        }

        await ClosedLoop.LeaveSocketThread();
        using (var connection = open())
        {
            People.Fill(connection, Users);
        }

        await using var server = await context.StartServer(folder, cheapPasswords: false, cancellation, settings);
        await WaitUntilIndexed(context, engine, open, cancellation);
        using var client = new ChatSetup(server.Address);
        foreach (var account in accounts)
        {
            account.Session = null;
        }

        await client.RefreshTokens(accounts, cancellation);
        await ClosedLoop.LeaveSocketThread();
        await Repeat(context, engine, server, accounts, cancellation);
    }

    private async Task WaitUntilIndexed(LoadContext context, string engine, Func<DbConnection> open, CancellationToken cancellation)
    {
        context.Progress.Step($"search, {engine}: the server indexes {Users} users");
        using var connection = open();
        var clock = Stopwatch.StartNew();
        while (People.CountUnindexed(connection) > 0)
        {
            if (clock.Elapsed > IndexedWithin)
            {
                throw new LoadException($"the users were not indexed within {IndexedWithin.TotalMinutes} minutes");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellation);
        }

        context.Report.Add(new Figure(Name, $"{engine}: indexing {Users:N0} users", "s", Samples.One(clock.Elapsed.TotalSeconds)));
    }

    private async Task Repeat(
        LoadContext context, string engine, ServerProcess server, Account[] accounts, CancellationToken cancellation)
    {
        var pace = context.Options.Pace;
        var searches = Exchanges(accounts[..Searchers], SearchesOfEach, account => [.. Texts.Select(text => HttpRequestBytes.Get(
            server.Endpoint, $"/users/search?q={Uri.EscapeDataString(text)}", account.Token))]);
        var reads = Exchanges(accounts[Searchers..^SigningIn], 1, account => [.. accounts.Select(other => HttpRequestBytes.Get(
            server.Endpoint, $"/users/{other.Id}", account.Token))]);
        var signIns = Exchanges(accounts[^SigningIn..], 1, account => [HttpRequestBytes.Post(
            server.Endpoint, "/auth/login", null, $$"""{"email":"{{account.Email}}","password":"{{ChatSetup.Password}}"}""")]);

        context.Progress.Step($"search, {engine}: warming up");
        await Loop(searches, pace);
        await Others();
        var (single, full, typed) = (new List<LoopResult>(), new List<LoopResult>(), new List<LoopResult>());
        var (quiet, besideTyped, besideFull) = (new List<Latencies>(), new List<Latencies>(), new List<Latencies>());
        for (var repeat = 1; repeat <= context.Options.Repeat; repeat++)
        {
            context.Progress.Step($"search, {engine}, repeat {repeat} of {context.Options.Repeat}");
            single.Add(await Loop(searches[..1], pace));
            quiet.Add(await Others());
            besideTyped.Add(await Beside(typed, pace with { Interval = TypingInterval }));
            besideFull.Add(await Beside(full, pace));
            context.Progress.Note(string.Create(
                CultureInfo.InvariantCulture,
                $"p99 of reads and sign-ins {quiet[^1]}; beside {typed[^1].PerSecond:N0} searches/s {besideTyped[^1]};"
                + $" beside {full[^1].PerSecond:N0} {besideFull[^1]}"));
        }

        AddRatios($"{Searchers * SearchesOfEach} people who type", besideTyped, Goal.RatioAtMost(MaxRatio));
        AddRatios($"{Searchers * SearchesOfEach} searches at full speed", besideFull, goal: null);
        foreach (var share in new[] { 0.5, 0.99 })
        {
            context.Report.Add(Milliseconds($"p{100 * share:0} of a search alone", single, share));
            context.Report.Add(Milliseconds($"p{100 * share:0} of a search of people who type", typed, share));
            context.Report.Add(Milliseconds($"p{100 * share:0} of a search at full speed", full, share));
        }

        context.Report.Add(new Figure(Name, $"{engine}: searches at full speed", "/s", new Samples(full.Select(run => run.PerSecond))));

        void AddRatios(string what, List<Latencies> beside, Goal? goal)
        {
            Add("profile read", latencies => latencies.Reads);
            Add("sign-in", latencies => latencies.SignIns);

            void Add(string of, Func<Latencies, double> value) => context.Report.Add(
                Figure.Beside(
                    Name, $"{engine}: p99 of a {of} beside {what} (beside quiet)", "ms",
                    [.. beside.Zip(quiet, (loud, still) => (value(loud), value(still)))]) with
                {
                    Goal = goal,
                });
        }

        async Task<Latencies> Beside(List<LoopResult> runs, Pace at)
        {
            // A second longer, so that it covers all of the others.
            var storm = Loop(searches, at with { Duration = at.Duration + TimeSpan.FromSeconds(1) });
            var others = await Others();
            runs.Add(await storm);
            return others;
        }

        Figure Milliseconds(string what, List<LoopResult> runs, double share) => new(
            Name, $"{engine}: {what}", "ms", new Samples(runs.Select(run => run.Latency.PercentileMilliseconds(share))));

        async Task<LoopResult> Loop(IReadOnlyList<IExchange> exchanges, Pace at)
        {
            var result = await ClosedLoop.Run(server.Endpoint, exchanges, at, server.Usage, cancellation);
            context.Report.Check($"search, {engine}", result);
            return result;
        }

        async Task<Latencies> Others()
        {
            var results = await Task.WhenAll(
                Loop(reads, pace with { Interval = ReadInterval }), Loop(signIns, pace with { Interval = SignInInterval }));
            return new Latencies(results[0].Latency.PercentileMilliseconds(0.99), results[1].Latency.PercentileMilliseconds(0.99));
        }
    }

    private static IExchange[] Exchanges(IEnumerable<Account> accounts, int ofEach, Func<Account, IReadOnlyList<byte[]>> requests) =>
        [.. accounts.SelectMany(account => Enumerable.Range(0, ofEach).Select(_ => new RepeatedExchange(requests(account), LeastBody)))];

    /// <summary>In milliseconds, of 99 of 100.</summary>
    private readonly record struct Latencies(double Reads, double SignIns)
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Reads:0.0} and {SignIns:0} ms");
    }
}
