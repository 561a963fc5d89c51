namespace BigTech.Tests.EndToEnd.Messages;

[Scenarios]
public sealed class ReactionScenarios(SharedServer server)
{
    [Fact]
    public async Task A_reaction_is_on_the_message_for_every_member_until_it_is_taken_back()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        var message = await ann.Send(room, "who comes?");

        var reacted = (await bob.React(message, "👍")).As<Message>();

        reacted.Version.ShouldBe(message.Version + 1);
        (reacted.IsEdited, reacted.UpdatedAt, reacted.Content).ShouldBe((false, message.UpdatedAt, "who comes?"));
        Reactions(reacted).ShouldBe([$"👍 {bob.Id}"]);
        await ann.React(message, "👍");
        await ann.React(message, "❤️");
        var shown = (await ann.History(room)).Messages.Single();
        Reactions(shown).ShouldBe([$"👍 {bob.Id},{ann.Id}", $"❤️ {ann.Id}"]);
        shown.Reactions[0].GetProperty("count").GetInt32().ShouldBe(2);
        Reactions((await bob.TakeBack(message, "👍")).As<Message>()).ShouldBe([$"👍 {ann.Id}", $"❤️ {ann.Id}"]);
        Reactions((await ann.TakeBack(message, "👍")).As<Message>()).ShouldBe([$"❤️ {ann.Id}"]);
    }

    [Fact]
    public async Task Reacting_twice_is_reacting_once_and_taking_back_what_is_not_there_changes_nothing()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        var message = await ann.Send(room, "hello");
        var first = (await bob.React(message, "🎉")).As<Message>();

        (await bob.React(message, "🎉")).As<Message>().Version.ShouldBe(first.Version);
        (await ann.TakeBack(message, "🎉")).As<Message>().Version.ShouldBe(first.Version);
        (await ann.GetRoom(room)).Version.ShouldBe(first.Version);
        (await ann.UnreadIn(room)).ShouldBe(0, "a reaction is no message");
    }

    [Fact]
    public async Task The_heart_with_and_without_its_selector_is_one_reaction_in_one_form()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        var message = await ann.Send(room, "hello");
        await using var live = await ann.Stream(room);
        await live.First();

        var first = (await bob.React(message, "\u2764")).As<Message>();
        Reactions(first).ShouldBe([$"\u2764\uFE0F {bob.Id}"]);
        (await bob.React(message, "\u2764\uFE0F")).As<Message>().Version.ShouldBe(first.Version);
        Reactions((await ann.React(message, "\u2764\uFE0F")).As<Message>()).ShouldBe([$"\u2764\uFE0F {bob.Id},{ann.Id}"]);
        // As its own event, or as the stored message when a replica missed events.
        await live.WaitFor(
            e => e.Type == "reaction.changed" && e.As<ReactionChange>().Emoji == "\u2764\uFE0F"
                || e.Type == "message.updated", "the stored form");

        Reactions((await bob.TakeBack(message, "\u2764")).As<Message>()).ShouldBe([$"\u2764\uFE0F {ann.Id}"]);
    }

    [Fact]
    public async Task Reactions_at_once_are_all_there()
    {
        var users = await server.NewUsers(12);
        var room = (await users[0].CreateGroup("group", users[1..])).Id;
        var message = await users[0].Send(room, "vote");

        await Task.WhenAll(users.Select((user, i) => user.React(message, i % 2 == 0 ? "⭕" : "❌")));

        var shown = (await users[0].History(room)).Messages.Single();
        shown.Version.ShouldBe(message.Version + 12);
        shown.Reactions.Select(reaction => reaction.GetProperty("count").GetInt32()).ShouldBe([6, 6]);
    }

    [Fact]
    [OneProcess("Replicas that fall behind read the message from the store, and stream it as it is (ADR 0058).")]
    public async Task A_stream_carries_each_reaction_as_its_own_event()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        var message = await ann.Send(room, "hello");
        await using var live = await ann.Stream(room);
        await live.First();

        await bob.React(message, "👍");
        await bob.TakeBack(message, "👍");
        await bob.React(message, "😂");

        var events = await live.WaitUntil(all => all.Count(e => e.Type == "reaction.changed") == 3, "three changes");
        events.Skip(1).Select(e => e.As<ReactionChange>()).ShouldBe(
        [
            new ReactionChange(room, 2, message.Id, 1, bob.Id, "👍", "added"),
            new ReactionChange(room, 3, message.Id, 1, bob.Id, "👍", "removed"),
            new ReactionChange(room, 4, message.Id, 1, bob.Id, "😂", "added"),
        ]);
    }

    [Fact]
    public async Task A_stream_that_resumes_shows_the_message_with_its_reactions()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        var message = await ann.Send(room, "hello");
        var away = await ann.Stream(room, "0");
        await away.WaitForCreated(1);
        await away.Cut();

        await bob.React(message, "👍");
        await bob.TakeBack(message, "👍");
        await bob.React(message, "😂");

        await using var back = await ann.Stream(room, away.LastEventId);
        var missed = (await back.WaitFor(e => e.Type == "message.updated", "the message")).Message;
        missed.Version.ShouldBe(4);
        Reactions(missed).ShouldBe([$"😂 {bob.Id}"]);
    }

    [Fact]
    public async Task An_edit_keeps_the_reactions_and_a_deletion_ends_them()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        var message = await ann.Send(room, "hello");
        await bob.React(message, "👍");

        Reactions(await ann.Edit(message, "hello you")).ShouldBe([$"👍 {bob.Id}"]);
        (await ann.Delete(message)).Reactions.ShouldBeEmpty();

        (await bob.React(message, "😢")).ShouldBeProblem(409, "message_deleted");
        (await bob.TakeBack(message, "👍")).ShouldBe(200);
        (await bob.History(room)).Messages.Single().Reactions.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_message_has_a_limit_of_different_emoji()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        var message = await ann.Send(room, "hello");
        for (var i = 0; i < 20; i++)
            (await bob.React(message, char.ConvertFromUtf32(0x1F600 + i))).ShouldBe(200);

        (await ann.React(message, "👍")).ShouldBeProblem(409, "too_many_reactions");
        (await ann.React(message, char.ConvertFromUtf32(0x1F600))).ShouldBe(200);
    }

    /// <summary>Each emoji with the users who added it.</summary>
    private static string[] Reactions(Message message) =>
        [.. message.Reactions.Select(reaction => Wire.Read<Reaction>(reaction.GetRawText()))
            .Select(reaction => $"{reaction.Emoji} {string.Join(',', reaction.UserIds)}")];
}
