using Dapper;
using Microsoft.Data.Sqlite;

namespace BigTech.Tests.Integration.Sql;

public sealed class SqliteLockTests
{
    [Fact]
    public async Task A_writer_waits_for_the_lock_that_another_process_has_for_a_moment()
    {
        using var home = new FolderHome();
        using var store = home.Open("store", Migrations.Things);
        using var other = new SqliteConnection($"Data Source={home.Folder["store.db"]};Pooling=False");
        other.Open();
        for (var i = 0; i < 20; i++)
        {
            other.Execute("BEGIN IMMEDIATE");
            var write = store.Write(work => work.Insert("INSERT INTO things (name) VALUES (@name)", new { name = $"{i}" }));
            await Eventually.Holds(() => store.WaitingWrites == 0, "the writer begins");
            other.Execute("ROLLBACK");
            await write;
        }
    }
}
