using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Contracts.Chat;

namespace BigTech.Tests.Integration.Events;

/// <summary>The handlers of these tests: they record each event, in the order of handling.</summary>
internal static class Effects
{
    public static DialectSql Schema { get; } = new(
        Sqlite: """
            CREATE TABLE effects (id INTEGER PRIMARY KEY AUTOINCREMENT, room INTEGER NOT NULL, version INTEGER NOT NULL);
            CREATE TABLE sent (room INTEGER PRIMARY KEY, version INTEGER NOT NULL);
            """,
        MySql: """
            CREATE TABLE effects (id BIGINT AUTO_INCREMENT PRIMARY KEY, room BIGINT NOT NULL, version BIGINT NOT NULL);
            CREATE TABLE sent (room BIGINT PRIMARY KEY, version BIGINT NOT NULL);
            """);

    public static void Write(MessagesRead e, UnitOfWork work) =>
        work.Execute("INSERT INTO effects (room, version) VALUES (@RoomId, @Version)", new { e.RoomId, e.Version });

    /// <summary>Every handling that took effect, oldest first.</summary>
    public static async Task<List<(long Room, long Version)>> Of(Store store) => await store.Read(
        async reader =>
            (await reader.Query<Effect>("SELECT room, version FROM effects ORDER BY id")).ConvertAll(row => (row.Room, row.Version)),
        TestContext.Current.CancellationToken);

    private sealed record Effect(long Room, long Version);
}
