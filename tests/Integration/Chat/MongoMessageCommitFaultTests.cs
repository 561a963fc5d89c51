using System.Text;
using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Events;
using BigTech.Chat.Messages;
using BigTech.Contracts;
using BigTech.Contracts.Chat;
using BigTech.Tests.Integration.Sql;
using BigTech.Tests.Testing;
using MongoDB.Driver;

namespace BigTech.Tests.Integration.Chat;

/// <summary>What is in MongoDB while the commit of the rooms has failed is taken up, and published once, by the next commit.</summary>
[Engines]
public sealed class MongoMessageCommitFaultTests : MongoMessageFaults
{
    [Fact]
    public async Task A_commit_of_the_rooms_that_fails_is_made_up_for_by_the_next()
    {
        var room = await Room();
        var edited = (await _host.Send(room, 1, "to be edited")).Message;
        List<Task> doomed;
        using (var gate = await WriterGate.Close(_host.SqlStore))
        {
            doomed = [_host.Send(room, 1, "first", "id"), _host.Edit(edited.Id, 1, "edited")];
            await Eventually.Holds(() => _host.SqlStore.WaitingWrites == 2, "both waiting");
            doomed.Add(_host.SqlStore.Write(work => work.BatchState(() => new object(), static (_, _) => throw new DiskFullException())));
            await gate.Open();
        }
        foreach (var task in doomed) (await Should.ThrowAsync<AppError>(task)).Code.ShouldBe("store_unavailable");

        await _host.Read(room, 2, edited.Id);

        var messages = await _host.Messages(room);
        messages.Select(message => (message.Seq, message.Content)).ShouldBe([(1, "edited"), (2, "first")]);
        (await _host.Send(room, 1, "first", "id")).Status.ShouldBe(200);
        (await _host.Load(room)).Version.ShouldBe(4, "sent, sent, edited, read");
        (await _host.Load(room)).Members[1].ReadSeq.ShouldBe(2, "what one sends one has read");
        _listener.Changes.Select(e => e.Version).ShouldBe([1L, 2, 3, 4]);
        (await EventVersions(room)).ShouldBe([1L, 2, 3]);
    }

    [Fact]
    public async Task What_is_taken_up_at_another_position_than_it_had_is_taken_up_once()
    {
        // Where writers hand over positions, a position that was rolled back is used again.
        using var home = new ServerHome(MariaDbServer.Shared);
        using var host = Replica(home);
        var (room, other) = (await host.CreateGroup(1, 2), await host.CreateGroup(1, 2));
        var edited = (await host.Send(room, 1, "to be edited")).Message;
        await host.Send(other, 1, "to be read");
        List<Task> doomed;
        using (var gate = await WriterGate.Close(host.SqlStore))
        {
            doomed = [host.Read(other, 2)];
            await Eventually.Holds(() => host.SqlStore.WaitingWrites == 1, "its event comes first");
            doomed.Add(host.Edit(edited.Id, 1, "edited"));
            await Eventually.Holds(() => host.SqlStore.WaitingWrites == 2, "both waiting");
            doomed.Add(host.SqlStore.Write(work => work.BatchState(() => new object(), static (_, _) => throw new DiskFullException())));
            await gate.Open();
        }
        foreach (var task in doomed) await Should.ThrowAsync<AppError>(task);

        // Changes without effect: the only event is that of the edit.
        for (var i = 0; i < 3; i++) await host.Add(room, 1, 2);

        (await EventVersions(room, host)).ShouldBe([1L, 2]);
        (await host.Load(room)).Version.ShouldBe(2);
    }

    [Fact]
    public async Task What_a_failed_commit_left_is_found_behind_transactions_that_have_no_events()
    {
        var room = await Room();
        var message = (await _host.Send(room, 1, "hello")).Message;
        await WithoutCommit(() => _host.Edit(message.Id, 1, "edited"));
        await _host.SqlStore.Write(work => work.Execute("DELETE FROM users WHERE id = 0"));

        await _host.Send(room, 2, "next");

        await ShouldAgree(room, 2);
        _listener.Changes.Select(EventName).ShouldBe(["message.created", "message.updated", "message.created"]);
    }

    [Fact]
    public async Task Reactions_whose_commit_fails_are_there_once_and_each_is_published_as_a_reaction()
    {
        var room = await Room();
        var message = (await _host.Send(room, 1, "hello")).Message;
        await _host.React(message.Id, 1, "🎉");
        await WithoutCommit(
            () => _host.React(message.Id, 2, "👍"), () => _host.React(message.Id, 1, "👍"), () => _host.TakeBack(message.Id, 1, "🎉"));
        // The roll-forward itself fails too.
        await WithoutCommit(() => _host.React(message.Id, 2, "❤"));

        var again = await _host.React(message.Id, 2, "👍");

        (again.Version, again.IsEdited).ShouldBe((6, false));
        again.Reactions.Select(
            reaction => (reaction.Emoji, Users: string.Join(' ', reaction.UserIds))).ShouldBe([("👍", "2 1"), ("❤️", "2")]);
        await ShouldAgree(room, 1);
        _listener.Changes.Select(EventName).ShouldBe(["message.created", .. Enumerable.Repeat("reaction.changed", 5)]);
        (await Published<ReactionChanged>()).Select(e => (e.Version, e.MessageId, e.Seq, e.UserId, e.Emoji, e.Change)).ShouldBe(
        [
            (2, message.Id, 1, 1, "🎉", "added"), (3, message.Id, 1, 2, "👍", "added"), (4, message.Id, 1, 1, "👍", "added"),
            (5, message.Id, 1, 1, "🎉", "removed"), (6, message.Id, 1, 2, "❤️", "added"),
        ]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Reactions_that_share_a_failed_commit_with_an_edit_are_published_as_that_edit(bool isEditFirst)
    {
        var room = await Room();
        var message = (await _host.Send(room, 1, "hello")).Message;
        Func<Task>[] changes = [() => _host.Edit(message.Id, 1, "edited"), () => _host.React(message.Id, 2, "👍")];
        await WithoutCommit(isEditFirst ? changes : [changes[1], changes[0]]);

        await _host.React(message.Id, 2, "🎉");

        _listener.Changes.Select(EventName).ShouldBe(["message.created", "message.updated", "reaction.changed"]);
        var edited = (await Published<MessageEdited>()).ShouldHaveSingleItem();
        (edited.Version, edited.Message.Content).ShouldBe((2, "edited"));
        edited.Message.Reactions.ShouldHaveSingleItem().UserIds.ShouldBe([2L]);
        (await Published<ReactionChanged>()).Select(e => (e.Version, e.Emoji)).ShouldBe([(3, "🎉")]);
    }

    [Fact]
    public async Task A_change_behind_a_committed_reaction_does_not_publish_the_reaction_again()
    {
        var room = await Room();
        var message = (await _host.Send(room, 1, "hello")).Message;
        await _host.React(message.Id, 2, "👍");
        await WithoutCommit(() => _host.Edit(message.Id, 1, "edited"));
        await _host.React(message.Id, 2, "🎉");
        await WithoutCommit(() => _host.Delete(message.Id, 1));

        await _host.Send(room, 2, "next");

        _listener.Changes.Select(EventName)
            .ShouldBe(["message.created", "reaction.changed", "message.updated", "reaction.changed", "message.deleted", "message.created"]);
    }

    [Fact]
    public async Task A_store_that_has_lost_an_edit_and_the_reaction_behind_it_publishes_the_edit()
    {
        var room = await _host.CreateGroup(1, 2);
        var message = (await _host.Send(room, 1, "hello")).Message;
        await _host.Rewind(async () =>
        {
            await _host.Edit(message.Id, 1, "edited");
            await _host.React(message.Id, 2, "👍");
        });

        await _host.Send(room, 1, "next");

        var edited = (await Published<MessageEdited>()).ShouldHaveSingleItem().Message;
        (edited.Content, edited.Reactions.Single().Emoji).ShouldBe(("edited", "👍"));
        (await Published<ReactionChanged>()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_store_that_died_before_its_commit_is_taken_up_where_the_messages_are()
    {
        var (room, other) = (await Room(), await _host.CreateGroup(1, 2));
        var old = (await _host.Send(room, 1, "old")).Message;
        List<string> lost = [];
        await _host.Rewind(async () =>
        {
            for (var i = 0; i < 5; i++) lost.Add((await _host.Send(room, i % 2 + 1, $"{i}", $"id {i}")).Message.Id);
            await _host.Send(other, 2, "elsewhere");
            await _host.Edit(old.Id, 1, "edited");
            await _host.Delete(lost[4], 1);
        });
        (await _host.Load(room)).LastSeq.ShouldBe(1);

        (await _host.Send(other, 1, "wakes the writer")).Message.Seq.ShouldBe(2);

        var messages = await _host.Messages(room);
        messages.Select(message => message.Id).ShouldBe([old.Id, .. lost]);
        messages[0].Content.ShouldBe("edited");
        messages[5].IsDeleted.ShouldBeTrue();
        (await _host.Load(room)).LastSeq.ShouldBe(6);
        for (var i = 0; i < 4; i++) (await _host.Send(room, i % 2 + 1, $"{i}", $"id {i}")).Message.Id.ShouldBe(lost[i]);
        (await EventVersions(room)).ShouldBe(Numbers((int)(await _host.Load(room)).Version));
        (await EventVersions(other)).ShouldBe([1L, 2]);
        (await _host.Since(room, 1)).Events.Select(missed => missed.Seq).ShouldBe([1L, 2, 3, 4, 5, 6], ignoreOrder: true);
    }

    /// <summary>Makes changes, in order, in one transaction whose documents are written and whose commit fails.</summary>
    private async Task WithoutCommit(params Func<Task>[] changes)
    {
        List<Task> doomed = [];
        using (var gate = await WriterGate.Close(_host.SqlStore))
        {
            foreach (var change in changes)
            {
                doomed.Add(change());
                await Eventually.Holds(() => _host.SqlStore.WaitingWrites == doomed.Count, "waiting in order");
            }
            doomed.Add(_host.SqlStore.Write(work => work.BatchState(() => new object(), static (_, _) => throw new DiskFullException())));
            await gate.Open();
        }
        foreach (var task in doomed) (await Should.ThrowAsync<AppError>(task)).Code.ShouldBe("store_unavailable");
    }

    private async Task<List<TEvent>> Published<TEvent>() where TEvent : IIntegrationEvent
    {
        var events = await _host.SqlStore.Log.Read(TEvent.Topic, 0, 10_000, Ct);
        return [.. events.Where(e => e.Type == TEvent.WireName)
            .Select(e => e.Is<TEvent>(out var received) ? received : throw new InvalidOperationException())];
    }

    private static string EventName(StreamEvent e) => Encoding.UTF8.GetString(e.Body).Split('\n')[0]["event: ".Length..];
}
