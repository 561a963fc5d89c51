using System.Text.Json;
using System.Text.Json.Nodes;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Chat;
using BigTech.Chat.Messages;
using BigTech.Contracts.Json;
using BigTech.Tests.Integration.Sql;
using Dapper;
using Microsoft.Data.Sqlite;

namespace BigTech.Tests.Integration.Chat;

/// <summary>A store from when messages were columns opens with every message unchanged.</summary>
public sealed class MessageBodyMigrationTests
{
    private const string Plain = "01a1fdf9-6213-7c97-a17f-1c06ed246701";
    private const string Edited = "01a1fdf9-6213-7c97-a17f-1c06ed246702";
    private const string Deleted = "01a1fdf9-6213-7c97-a17f-1c06ed246703";
    private static readonly DateTimeOffset Sent = new(2026, 11, 21, 12, 0, 0, 7, TimeSpan.Zero);

    [Fact]
    public async Task Old_messages_keep_all_that_clients_see()
    {
        using var host = OnOldStore();

        var messages = await host.Messages(1);
        messages.Select(message => (message.Id, message.Seq, message.Ordinal, message.Version, message.CreatedVersion))
            .ShouldBe([(Plain, 1, 1, 1, 1), (Edited, 2, 2, 4, 2), (Deleted, 3, 3, 5, 3)]);
        messages.ShouldAllBe(message => message.CreatedAt == Sent && message.UserId == 7 && message.RoomId == 1);
        messages[0].Content.ShouldBe("안녕 \"👋\"\n");
        messages[0].ClientMessageId.ShouldBe("client-1");
        messages[1].EditedAt.ShouldBe(Sent.AddMicroseconds(1));
        messages[1].ReplyTo.ShouldBe(Plain);
        messages[2].DeletedAt.ShouldBe(Sent.AddHours(1));
    }

    [Fact]
    public async Task An_old_body_is_what_the_program_would_have_written()
    {
        using var host = OnOldStore();

        var bodies = await host.SqlStore.Read(
            reader => reader.Query<byte[]>("SELECT body FROM messages ORDER BY seq"), TestContext.Current.CancellationToken);
        foreach (var body in bodies)
        {
            var view = JsonSerializer.Deserialize(body, EventJson.Wire.MessageView)!;
            view.Username.ShouldBe("ann");
            // Compared as JSON, because SQLite stores an emoji unescaped and the product escapes it.
            var expected = JsonNode.Parse(RenderedMessage.Create(view.RoomId, 1, view).Body)!.ToJsonString();
            JsonNode.Parse(body)!.ToJsonString().ShouldBe(expected);
        }
        bodies.Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_client_that_comes_back_still_gets_what_changed_since()
    {
        using var host = OnOldStore();

        (await host.Since(1, 3)).Events.Select(e => e.Version).ShouldBe([4, 5]);
        (await host.Since(1, 4)).Events.Select(e => e.Version).ShouldBe([5]);
    }

    [Fact]
    public async Task A_client_id_of_then_is_still_taken()
    {
        using var host = OnOldStore();

        var found = await host.SqlStore.Write(work => BigTech.Chat.Storage.Sql.MessageRows.FindByClientId(work, 1, 7, "client-1"));

        found!.Value.Message.Id.ShouldBe(Plain);
        found.Value.RequestHash.ShouldBe([1, 2, 3]);
    }

    private static ChatHost OnOldStore()
    {
        var home = new FolderHome();
        WriteOldStore(home.Folder.Path);
        return new ChatHost(home, isReplica: false);
    }

    private static void WriteOldStore(string folder)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "chat.db")};Pooling=False");
        connection.Open();
        connection.Execute("CREATE TABLE schema_migrations (series TEXT NOT NULL, number INTEGER NOT NULL, name TEXT NOT NULL, "
            + "applied_at INTEGER NOT NULL, PRIMARY KEY (series, number))");
        foreach (var name in new[] { "0001_chat", "0002_blocks" })
        {
            connection.Execute(Migration(name));
            connection.Execute(
                "INSERT INTO schema_migrations VALUES ('context', @number, @name, 0)", new { number = int.Parse(name[..4], null), name });
        }
        connection.Execute("INSERT INTO users VALUES (7, 'ann', 'Ann', NULL, 0)");
        connection.Execute(
            "INSERT INTO rooms (id, type, created_by, created_at, updated_at, last_activity_at, last_seq, ordinal, version) "
            + "VALUES (1, 'group', 7, 0, 0, 0, 3, 3, 5)");
        const string insert = """
            INSERT INTO messages (id, room_id, seq, ordinal, version, created_version, user_id, type, content, reply_to,
                client_message_id, request_hash, created_at, edited_at, deleted_at)
            VALUES (@id, 1, @seq, @seq, @version, @seq, 7, 'text', @content, @replyTo, @clientId, @hash, @sent, @edited, @deleted)
            """;
        var sent = Sent.ToDb();
        connection.Execute(
            insert, new
            {
                id = Plain,
                seq = 1,
                version = 1,
                content = "안녕 \"👋\"\n",
                replyTo = (string?)null,
                clientId = "client-1",
                hash = new byte[] { 1, 2, 3 },
                sent,
                edited = (long?)null,
                deleted = (long?)null
            });
        connection.Execute(
            insert, new
            {
                id = Edited,
                seq = 2,
                version = 4,
                content = "b",
                replyTo = Plain,
                clientId = (string?)null,
                hash = (byte[]?)null,
                sent,
                edited = (long?)(sent + 1),
                deleted = (long?)null
            });
        connection.Execute(
            insert, new
            {
                id = Deleted,
                seq = 3,
                version = 5,
                content = "",
                replyTo = (string?)null,
                clientId = (string?)null,
                hash = (byte[]?)null,
                sent,
                edited = (long?)null,
                deleted = (long?)Sent.AddHours(1).ToDb()
            });
    }

    private static string Migration(string name)
    {
        var assembly = typeof(ChatModule).Assembly;
        var resource = assembly.GetManifestResourceNames()
            .Single(resource => resource.EndsWith($".Migrations.{name}.sql", StringComparison.Ordinal));
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }
}
