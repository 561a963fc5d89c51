using BigTech.Chat;
using BigTech.Tests.Integration.Sql;

namespace BigTech.Tests.Integration.Chat;

/// <summary>A store from before invite links had ids.</summary>
[Engines]
public sealed class InviteLinkMigrationTests
{
    [Theory]
    [InlineData(TestEngine.Sqlite, ".Migrations.", 6)]
    [InlineData(TestEngine.MariaDb, ".Migrations.MySql.", 5)]
    public async Task Old_links_work_on_and_get_ids_and_the_migrations_may_run_twice(TestEngine engine, string folder, int last)
    {
        using var home = StoreHome.On(engine);
        await WriteOldStore(home, folder, last);
        using (var host = new ChatHost(home, isReplica: true))
        {
            (await host.Join("old-code", 8)).Id.ShouldBe(1);
            (await host.NewLink(1, 7)).Id.ShouldBeGreaterThan(1);
            if (engine == TestEngine.MariaDb)
            {
                // A server may stop between a migration and its record in schema_migrations.
                await host.SqlStore.Write(
                    work => work.Execute("DELETE FROM schema_migrations WHERE series = 'context' AND number > @last", new { last }));
            }
        }

        using var again = new ChatHost(home, isReplica: true);

        (await again.Links(1, 7)).Select(link => (link.Id, link.Uses)).ShouldBe([(2, 0), (1, 1)]);
        (await again.Load(1)).Members.Keys.ShouldBe([7, 8], ignoreOrder: true);
    }

    private static async Task WriteOldStore(StoreHome home, string folder, int last)
    {
        var old = Enumerable.Range(1, last).Select(number => Resource($"{folder}{number:0000}_")).ToArray();
        using var store = home.Open("chat", new Migrations(old));
        await store.Write(work =>
        {
            work.Execute(
                "INSERT INTO rooms (id, type, created_by, created_at, updated_at, last_activity_at) VALUES (1, 'group', 7, 0, 0, 0)");
            work.Execute("INSERT INTO members (room_id, user_id, role, joined_at, joined_seq, joined_version, read_seq, read_ordinal) "
                + "VALUES (1, 7, 'owner', 0, 0, 0, 0, 0)");
            work.Execute("INSERT INTO invite_links (code, room_id, created_by, created_at, expires_at, uses) "
                + "VALUES ('old-code', 1, 7, 0, 9000000000000000, 0)");
        });
    }

    private static (string File, string Sql) Resource(string part)
    {
        var assembly = typeof(ChatModule).Assembly;
        var name = assembly.GetManifestResourceNames().Single(name => name.Contains(part, StringComparison.Ordinal));
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return (name[(name.IndexOf(part, StringComparison.Ordinal) + part.Length - 5)..], reader.ReadToEnd());
    }
}
