using BigTech.BuildingBlocks.Core;
using BigTech.Contracts.Chat;
using BigTech.Tests.Integration.Documents;
using BigTech.Tests.Integration.Sql;

namespace BigTech.Tests.Integration.Chat;

/// <summary>Messages: client ids, read positions, deletion and time.</summary>
public abstract class ChatMessageSuite : ChatStoreSuite
{
    private protected ChatMessageSuite(ChatHost host) : base(host)
    {
    }

    [Fact]
    public async Task The_same_client_id_gives_the_first_message_again()
    {
        var room = await _host.CreateGroup(1, 2);

        var (status, first) = await _host.Send(room, 1, "hello", "c1");
        var (again, second) = await _host.Send(room, 1, "hello", "c1");

        (status, again).ShouldBe((201, 200));
        second.Id.ShouldBe(first.Id);
        second.Seq.ShouldBe(first.Seq);
        _host.Restart();
        (await _host.Send(room, 1, "hello", "c1")).Status.ShouldBe(200);
        (await _host.Load(room)).Version.ShouldBe(1);
    }

    [Fact]
    public async Task The_same_client_id_with_another_body_is_a_conflict()
    {
        var room = await _host.CreateGroup(1, 2);
        await _host.Send(room, 1, "hello", "c1");
        var error = await Should.ThrowAsync<AppError>(_host.Send(room, 1, "something else", "c1"));
        (error.Kind, error.Field).ShouldBe((ErrorKind.Conflict, "client_message_id"));
    }

    [Fact]
    public async Task A_client_id_belongs_to_one_user_in_one_room()
    {
        var (one, other) = (await _host.CreateGroup(1, 2), await _host.CreateGroup(1, 2));
        (await _host.Send(one, 1, "a", "c1")).Status.ShouldBe(201);
        (await _host.Send(one, 2, "b", "c1")).Status.ShouldBe(201);
        (await _host.Send(other, 1, "c", "c1")).Status.ShouldBe(201);
    }

    [Fact]
    public async Task Twenty_at_once_with_one_client_id_are_one_message_and_their_neighbours_lose_nothing()
    {
        var room = await _host.CreateGroup(1, 2, 3);
        List<Task<(int Status, MessageView Message)>> same, others, conflicts;
        using (var gate = await WriterGate.Close(_host.SqlStore))
        {
            same = [.. Enumerable.Range(0, 20).Select(_ => _host.Send(room, 1, "hello", "c1"))];
            await Eventually.Holds(() => _host.SqlStore.WaitingWrites == same.Count, "they come first");
            others = [.. Enumerable.Range(0, 20).Select(i => _host.Send(room, 2, $"other {i}", $"o{i}"))];
            conflicts = [.. Enumerable.Range(0, 5).Select(i => _host.Send(room, 1, $"not hello {i}", "c1"))];
            await Eventually.Holds(() => _host.SqlStore.WaitingWrites == 45, "all of them waiting");
            await gate.Open();
        }

        var answers = await Task.WhenAll(same);
        answers.Count(answer => answer.Status == 201).ShouldBe(1);
        answers.Select(answer => answer.Message.Id).Distinct().Count().ShouldBe(1);
        (await Task.WhenAll(others)).ShouldAllBe(answer => answer.Status == 201);
        foreach (var conflict in conflicts) (await Should.ThrowAsync<AppError>(conflict)).Kind.ShouldBe(ErrorKind.Conflict);
        var messages = await _host.Messages(room);
        messages.Select(message => message.Seq).ShouldBe(Numbers(21));
        (await _host.Load(room)).Version.ShouldBe(21);
        ShouldBeTheSame(await _host.Find(room), await _host.Load(room));
    }

    [Fact]
    public async Task A_message_its_id_and_the_activity_of_its_room_have_one_instant()
    {
        // A clock that advances with every read.
        using var replica = new ChatHost(_host.Home, isReplica: true, time: new RestlessTime());
        var room = await replica.CreateGroup(1, 2);

        var message = (await replica.Send(room, 1, "hello")).Message;

        (await replica.Load(room)).LastActivityAt.ShouldBe(message.CreatedAt);
        DateTimeOffset.FromUnixTimeMilliseconds(Convert.ToInt64(message.Id[..13].Replace("-", "", StringComparison.Ordinal), 16))
            .ShouldBe(
                new DateTimeOffset(message.CreatedAt.Ticks / TimeSpan.TicksPerMillisecond * TimeSpan.TicksPerMillisecond, TimeSpan.Zero));
    }

    private sealed class RestlessTime : TimeProvider
    {
        private long _looks;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddYears(60).AddSeconds(Interlocked.Increment(ref _looks));
    }

    [Fact]
    public async Task Unread_counts_are_exact()
    {
        var room = await _host.CreateGroup(1, 2, 3);
        var first = (await _host.Send(room, 1, "1")).Message;
        (first.ReadByCount, first.UnreadByCount).ShouldBe((0, 2));
        await _host.Send(room, 1, "2");
        var third = (await _host.Send(room, 2, "3")).Message;

        (await _host.Read(room, 3, first.Id)).UnreadCount.ShouldBe(2);
        (await _host.Read(room, 1)).UnreadCount.ShouldBe(0);
        (await _host.Read(room, 3, first.Id)).ReadSeq.ShouldBe(1, "a position moves forward only");
        var edited = await _host.Edit(first.Id, 1, "1!");
        (edited.ReadByCount, edited.UnreadByCount).ShouldBe((2, 0));
        (third.ReadByCount, third.UnreadByCount).ShouldBe((0, 2));
        await _host.Add(room, 1, 4);
        (await _host.Find(room)).UnreadOf(4).ShouldBe(0);
        (await _host.Find(room)).UnreadOf(3).ShouldBe(2, "a system message is unread for no member");
    }

    [Fact]
    public async Task Deleting_twice_is_deleting_once_and_a_deleted_message_is_not_edited()
    {
        var room = await _host.CreateGroup(1, 2);
        var message = (await _host.Send(room, 1, "secret")).Message;
        var deleted = await _host.Delete(message.Id, 1);
        deleted.Content.ShouldBeEmpty();
        (await _host.Delete(message.Id, 1)).Version.ShouldBe(deleted.Version);
        (await Should.ThrowAsync<AppError>(_host.Edit(message.Id, 1, "back"))).Kind.ShouldBe(ErrorKind.Conflict);
        (await _host.Load(room)).Version.ShouldBe(2);
        (await Should.ThrowAsync<AppError>(_host.Edit(Guid.NewGuid().ToString(), 1, "x"))).Kind.ShouldBe(ErrorKind.NotFound);
    }
}

public sealed class ChatMessageTests() : ChatMessageSuite(new ChatHost());

[Engines]
public sealed class ChatMessageMariaDbTests() : ChatMessageSuite(new ChatHost(TestEngine.MariaDb));

[Engines]
public sealed class ChatMessageWithDocumentsTests() : ChatMessageSuite(new ChatHost(mongo: new TestMongo()));
