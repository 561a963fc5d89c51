using BigTech.Chat;
using BigTech.Tests.Integration.Sql;

namespace BigTech.Tests.Integration.Chat;

/// <summary>A store on a server, from when indexes of the messages and rooms themselves found the changes.</summary>
[Engines]
public sealed class ServerMigrationTests
{
    private const string First = "0001_chat.sql";

    [Fact]
    public async Task A_client_that_comes_back_still_gets_what_changed_since()
    {
        using var home = StoreHome.On(TestEngine.MariaDb);
        await WriteOldStore(home);

        using var host = new ChatHost(home, isReplica: true);

        (await host.Since(1, 2)).Events.Select(e => e.Version).ShouldBe([3]);
        (await host.Send(1, 7, "next")).Message.Seq.ShouldBe(3);
    }

    [Fact]
    public async Task What_a_migration_has_taken_away_it_may_find_gone_when_it_runs_again()
    {
        using var home = StoreHome.On(TestEngine.MariaDb);
        await WriteOldStore(home);
        using (var host = new ChatHost(home, isReplica: true))
            await host.SqlStore.Write(work => work.Execute("DELETE FROM schema_migrations WHERE series = 'context' AND number > 1"));

        using var again = new ChatHost(home, isReplica: true);

        (await again.Since(1, 2)).Events.Select(e => e.Version).ShouldBe([3]);
    }

    private static async Task WriteOldStore(StoreHome home)
    {
        var migration = new Migrations((First, Resource(First)));
        using var old = home.Open("chat", migration);
        await old.Write(work =>
        {
            work.Execute("INSERT INTO rooms (id, type, created_by, created_at, updated_at, last_activity_at, last_seq, ordinal, version) "
                + "VALUES (1, 'group', 7, 0, 0, 0, 2, 2, 3)");
            work.Execute("INSERT INTO members (room_id, user_id, role, joined_at, joined_seq, joined_version, read_seq, read_ordinal) "
                + "VALUES (1, 7, 'owner', 0, 0, 0, 0, 0)");
            for (var seq = 1; seq <= 2; seq++)
            {
                var (id, version) = ($"01a1fdf9-6213-7c97-a17f-1c06ed24670{seq}", seq == 1 ? 3 : 2);
                work.Execute(
                    "INSERT INTO messages (id, room_id, seq, ordinal, version, created_version, user_id, body) "
                    + "VALUES (@id, 1, @seq, @seq, @version, @seq, 7, '{}')",
                    new { id, seq, version });
            }
        });
    }

    private static string Resource(string file)
    {
        var assembly = typeof(ChatModule).Assembly;
        using var reader = new StreamReader(
            assembly.GetManifestResourceStream(
                assembly.GetManifestResourceNames().Single(name => name.EndsWith($".MySql.{file}", StringComparison.Ordinal)))!);
        return reader.ReadToEnd();
    }
}
