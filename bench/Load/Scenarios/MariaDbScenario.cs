using System.Diagnostics;
using BigTech.Tests.Testing;
using MySqlConnector;

namespace BigTech.Load.Scenarios;

/// <summary>
/// Durable sends on MariaDB, compared with single-row inserts over as many connections to the same server, which groups their commits
/// itself.
/// </summary>
internal sealed class MariaDbScenario : IScenario
{
    private const int Connections = 64;
    private const int RowBytes = 400;
    private const double LeastRatio = 0.5;
    private const string Table = "load_inserts.plain";

    public string Name => "mariadb";

    public async Task Run(LoadContext context, CancellationToken cancellation)
    {
        context.Progress.Step("mariadb: starting a database server");
        using var database = new MariaDbServer();
        database.Start(durable: true);
        await using var server = await context.StartServer(
            cheapPasswords: true, cancellation, ("BIGTECH_Sql__Engine", "mysql"),
            ("BIGTECH_Sql__ConnectionString", database.ConnectionString));
        using var client = new ChatSetup(server.Address);
        var conversations = await SendsScenario.CreateConversations(client, Connections, cancellation);
        await ClosedLoop.LeaveSocketThread();
        using var inserters = new Inserters(database.ConnectionString);
        context.Progress.Step("mariadb: warming up");
        await SendsScenario.MeasureSends(server, client, conversations, context.Options.Pace, context.Report, cancellation);
        var runs = new List<(LoopResult Sends, double Inserts)>();
        for (var repeat = 1; repeat <= context.Options.Repeat; repeat++)
        {
            context.Progress.Step($"mariadb, repeat {repeat} of {context.Options.Repeat}: inserts");
            await ClosedLoop.LeaveSocketThread();
            var inserts = inserters.Measure(context.Options.Pace);
            context.Progress.Step($"mariadb, repeat {repeat} of {context.Options.Repeat}: sends");
            var sends = await SendsScenario.MeasureSends(
                server, client, conversations, context.Options.Pace, context.Report, cancellation);
            context.Report.Check("mariadb", sends);
            runs.Add((sends, inserts));
        }

        context.Report.Add(
            Figure.Beside(
                Name, "durable sends (beside single inserts)", "/s", [.. runs.Select(run => (run.Sends.PerSecond, run.Inserts))]) with
            {
                Goal = Goal.RatioAtLeast(LeastRatio),
            });
        context.Report.Add(
            new Figure(Name, "p99 of a send", "ms", new Samples(runs.Select(run => run.Sends.Latency.PercentileMilliseconds(0.99)))));
        // The database is the only other process that works, on a machine that does nothing else.
        AddProcessorTime("server", cores => cores.Target);
        AddProcessorTime("database", cores => cores.Others);

        void AddProcessorTime(string of, Func<CoresUsed, double> cores) => context.Report.Add(new Figure(
            Name, $"processor time of the {of} for 1,000 sends", "ms",
            new Samples(runs.Select(run => 1e6 * cores(run.Sends.Cores) / run.Sends.PerSecond))));
    }

    /// <summary>Connections that each insert rows one after the other, on a thread of their own.</summary>
    private sealed class Inserters : IDisposable
    {
        private readonly MySqlCommand[] _commands;

        public Inserters(string connectionString)
        {
            using (var setUp = new MySqlConnection($"{connectionString};Pooling=false"))
            {
                setUp.Open();
                using var create = new MySqlCommand(
                    $"CREATE DATABASE IF NOT EXISTS load_inserts; "
                    + $"CREATE TABLE {Table} (id BIGINT AUTO_INCREMENT PRIMARY KEY, body MEDIUMBLOB NOT NULL)", setUp);
                create.ExecuteNonQuery();
            }

            _commands = [.. Enumerable.Range(0, Connections).Select(_ => Prepare(connectionString))];
        }

        /// <summary>The number of rows that all connections together insert per second.</summary>
        public double Measure(Pace pace)
        {
            var from = Stopwatch.GetTimestamp() + (long)(pace.WarmUp.TotalSeconds * Stopwatch.Frequency);
            var until = from + (long)(pace.Duration.TotalSeconds * Stopwatch.Frequency);
            var inserted = 0L;
            var threads = Array.ConvertAll(_commands, command => new Thread(() =>
            {
                while (Stopwatch.GetTimestamp() < until)
                {
                    command.ExecuteNonQuery();
                    if (Stopwatch.GetTimestamp() is var now && now >= from && now < until)
                    {
                        Interlocked.Increment(ref inserted);
                    }
                }
            }));
            Array.ForEach(threads, thread => thread.Start());
            Array.ForEach(threads, thread => thread.Join());
            return inserted / pace.Duration.TotalSeconds;
        }

        public void Dispose() => Array.ForEach(_commands, command => command.Connection!.Dispose());

        private static MySqlCommand Prepare(string connectionString)
        {
            var connection = new MySqlConnection($"{connectionString};Pooling=false");
            connection.Open();
            var command = new MySqlCommand($"INSERT INTO {Table} (body) VALUES (?1)", connection);
            command.Parameters.Add(new MySqlParameter("?1", new byte[RowBytes]));
            command.Prepare();
            return command;
        }
    }
}
