namespace BigTech.Tests.EndToEnd.Messages;

[Scenarios]
public sealed class EditAndDeleteScenarios(SharedServer server)
{
    [Theory]
    [InlineData("PATCH")]
    [InlineData("PUT")]
    public async Task An_edited_message_keeps_its_place_and_says_so(string method)
    {
        var (ann, bob, room) = await server.TwoInARoom();
        var message = await ann.Send(room, "frist");
        var next = await bob.Send(room, "next");

        var answer = await ann.Api.Send(new HttpMethod(method), $"/messages/{message.Id}", new { content = "first" });

        var edited = answer.As<Message>();
        (edited.Id, edited.Seq, edited.Content, edited.IsEdited).ShouldBe((message.Id, message.Seq, "first", true));
        edited.EditedAt.ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(message.CreatedAt);
        edited.CreatedAt.ShouldBe(message.CreatedAt);
        edited.Version.ShouldBeGreaterThan(next.Version);
        var shown = (await bob.History(room)).Messages[1];
        (shown.Content, shown.IsEdited, shown.Version).ShouldBe(("first", true, edited.Version));
    }

    [Fact]
    public async Task An_edit_to_the_very_same_text_changes_nothing()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        await using var stream = await bob.Stream(room);
        var message = await ann.Send(room, "as it is");

        var same = await ann.Edit(message, "as it is");

        (same.Version, same.IsEdited, same.EditedAt, same.Content).ShouldBe((message.Version, false, null, "as it is"));
        (await ann.GetRoom(room)).Version.ShouldBe(message.Version);
        var edited = await ann.Edit(message, "as it was");
        edited.Version.ShouldBe(message.Version + 1);
        Wire.Write(await ann.Edit(message, "as it was")).ShouldBe(Wire.Write(edited));
        var last = await ann.Send(room, "last");
        await stream.WaitFor(e => e.IsMessage && e.Message.Id == last.Id, "the last message");
        stream.Events.Count(e => e.Type == "message.updated").ShouldBe(1);
    }

    [Fact]
    public async Task A_deleted_message_keeps_its_place_without_its_content()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        var message = await ann.Send(room, "embarrassing");
        await ann.Send(room, "next");

        var deleted = await ann.Delete(message);

        (deleted.Id, deleted.Seq, deleted.IsDeleted).ShouldBe((message.Id, 1, true));
        deleted.DeletedAt.ShouldNotBeNull();
        deleted.Content.ShouldBeNullOrEmpty();
        var history = await bob.Api.Get($"/messages/{room}");
        history.Text.ShouldNotContain("embarrassing");
        history.As<History>().Seqs.ShouldBe([2, 1]);
        history.As<History>().Messages[1].IsDeleted.ShouldBeTrue();
        (await ann.Send(room, "after")).Seq.ShouldBe(3, "a number is never used again");
    }

    [Fact]
    public async Task A_deleted_message_cannot_be_edited_and_deleting_it_again_changes_nothing()
    {
        var (ann, _, room) = await server.TwoInARoom();
        var message = await ann.Send(room, "gone");
        var deleted = await ann.Delete(message);

        var edit = await ann.Api.Patch($"/messages/{message.Id}", new { content = "back" });
        var again = await ann.Api.Delete($"/messages/{message.Id}");

        edit.ShouldBeProblem(edit.ShouldBe(404, 409).Status);
        again.ShouldBe(200, 404, 409);
        var shown = (await ann.History(room)).Messages.Single();
        (shown.IsDeleted, shown.Version).ShouldBe((true, deleted.Version));
    }

    [Fact]
    public async Task Only_ones_own_messages_can_be_edited_or_deleted()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        var message = await ann.Send(room, "mine");

        (await bob.Api.Patch($"/messages/{message.Id}", new { content = "yours" })).ShouldBeProblem(403);
        (await bob.Api.Delete($"/messages/{message.Id}")).ShouldBeProblem(403);

        (await ann.History(room)).Messages.Single().Version.ShouldBe(message.Version);
    }

    [Fact]
    public async Task The_owner_of_a_group_may_delete_but_not_edit_the_messages_of_others()
    {
        var users = await server.NewUsers(3);
        var room = (await users[0].CreateGroup("group", users[1], users[2])).Id;
        var message = await users[1].Send(room, "rude");

        (await users[2].Api.Delete($"/messages/{message.Id}")).ShouldBeProblem(403);
        (await users[0].Api.Patch($"/messages/{message.Id}", new { content = "polite" })).ShouldBeProblem(403);
        (await users[0].Delete(message)).IsDeleted.ShouldBeTrue();
    }

    [Fact]
    public async Task A_stranger_learns_nothing_of_a_message()
    {
        var (ann, _, room) = await server.TwoInARoom();
        var message = await ann.Send(room, "private");
        var stranger = await server.NewUser();

        foreach (var answer in new[]
        {
            await stranger.Api.Patch($"/messages/{message.Id}", new { content = "x" }),
            await stranger.Api.Delete($"/messages/{message.Id}"),
        })
        {
            answer.ShouldBeProblem(answer.ShouldBe(403, 404).Status);
            answer.Text.ShouldNotContain("private");
        }
    }

    [Fact]
    public async Task New_content_keeps_to_the_rules_of_sending()
    {
        var (ann, _, room) = await server.TwoInARoom();
        var message = await ann.Send(room, "fine");

        (await ann.Api.Patch($"/messages/{message.Id}", new { content = "" })).ShouldBlame("content");
        (await ann.Api.Patch($"/messages/{message.Id}", new { content = new string('x', 4001) })).ShouldBlame("content");
        (await ann.Api.Patch($"/messages/{message.Id}", new { content = "a\0b" })).ShouldBlame("content");

        (await ann.History(room)).Messages.Single().Content.ShouldBe("fine");
    }
}
