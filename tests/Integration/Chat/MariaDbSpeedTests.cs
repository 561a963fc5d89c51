using System.Diagnostics;
using BigTech.Tests.Integration.Sql;
using MySql.Data.MySqlClient;

namespace BigTech.Tests.Integration.Chat;

/// <summary>
/// How many messages a second reach the disk through Chat, beside what the same server commits when as many connections insert one row
/// each: its own group commit. Run by name, with <c>--explicit only</c> or <c>xUnit.Explicit=only</c>; a busy machine proves nothing.
/// </summary>
public sealed class MariaDbSpeedTests(ITestOutputHelper output)
{
    private const int Senders = 64;
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(6);

    [Fact(Explicit = true)]
    public async Task Sending_reaches_half_of_the_inserts_that_the_server_commits_by_itself()
    {
        using var server = new MariaDbServer();
        server.Start(durable: true);
        using var home = new ServerHome(server);
        using var host = new ChatHost(home, isReplica: true);
        var rooms = new long[Senders];
        for (var i = 0; i < Senders; i++) rooms[i] = (await host.OpenDirect(2 * i + 1, 2 * i + 2)).Room.Id;
        var text = new string('x', 100);

        var inserts = await Inserts(server, $"{home.Prefix}chat");
        var sends = await Rate((sender, number) => host.Send(rooms[sender], 2 * sender + 1, text, $"{sender}:{number}"));
        var insertsAgain = await Inserts(server, $"{home.Prefix}chat");

        var own = Math.Max(inserts, insertsAgain);
        output.WriteLine($"inserts {inserts:F0}/s and {insertsAgain:F0}/s, sends {sends:F0}/s, ratio {sends / own:F2}");
        (sends / own).ShouldBeGreaterThan(0.5);
    }

    private static async Task<double> Inserts(MariaDbServer server, string database)
    {
        server.Execute($"CREATE TABLE IF NOT EXISTS `{database}`.plain (id BIGINT AUTO_INCREMENT PRIMARY KEY, body MEDIUMBLOB NOT NULL)");
        var commands = Enumerable.Range(0, Senders).Select(_ =>
        {
            var connection = new MySqlConnection($"{server.ConnectionString};Pooling=false;Database={database}");
            connection.Open();
            var command = new MySqlCommand("INSERT INTO plain (body) VALUES (?1)", connection);
            command.Parameters.Add(new MySqlParameter("?1", new byte[400]));
            command.Prepare();
            return command;
        }).ToArray();
        var rate = await Rate((sender, _) => Task.Factory.StartNew(() => commands[sender].ExecuteNonQuery()));
        foreach (var command in commands) command.Connection!.Dispose();
        return rate;
    }

    /// <summary>How often a second all the senders together get through, each one at a time.</summary>
    private static async Task<double> Rate(Func<int, int, Task> send)
    {
        ThreadPool.SetMinThreads(Senders + 8, 8);
        var done = 0;
        var isWarm = false;
        var isOver = false;
        var senders = Enumerable.Range(0, Senders).Select(sender => Task.Run(async () =>
        {
            for (var number = 0; !Volatile.Read(ref isOver); number++)
            {
                await send(sender, number);
                if (Volatile.Read(ref isWarm)) Interlocked.Increment(ref done);
            }
        })).ToList();
        await Task.Delay(Length / 3, TestContext.Current.CancellationToken);
        var started = Stopwatch.GetTimestamp();
        Volatile.Write(ref isWarm, true);
        await Task.Delay(Length, TestContext.Current.CancellationToken);
        Volatile.Write(ref isOver, true);
        var rate = Volatile.Read(ref done) / Stopwatch.GetElapsedTime(started).TotalSeconds;
        await Task.WhenAll(senders);
        return rate;
    }
}
