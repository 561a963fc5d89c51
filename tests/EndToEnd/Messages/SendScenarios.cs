using System.Text.Json;

namespace BigTech.Tests.EndToEnd.Messages;

[Scenarios]
public sealed class SendScenarios(SharedServer server)
{
    [Fact]
    public async Task A_sent_message_is_201_with_every_field()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        var before = DateTimeOffset.UtcNow.AddMinutes(-1);

        var answer = await ann.Api.Post($"/messages/{room}", new { content = "안녕, <b>밥</b> 🙂", client_message_id = "c-1" });

        var message = answer.As<Message>(201);
        answer.Json.EnumerateObject().Select(field => field.Name).ShouldBe(
            [
                "id", "room_id", "seq", "version", "user_id", "username", "content", "message_type", "reply_to", "attachment", "reactions",
                "is_edited", "edited_at", "is_deleted", "deleted_at", "created_at", "updated_at", "read_by_count", "unread_by_count",
                "client_message_id",
            ],
            ignoreOrder: true);
        message.RoomId.ShouldBe(room);
        message.Seq.ShouldBe(1);
        message.UserId.ShouldBe(ann.Id);
        message.Username.ShouldBe(ann.Account.Username);
        message.Content.ShouldBe("안녕, <b>밥</b> 🙂");
        message.MessageType.ShouldBe("text");
        message.ReplyTo.ShouldBeNull();
        message.Attachment.ShouldBeNull();
        message.Reactions.ShouldBeEmpty();
        (message.IsEdited, message.EditedAt, message.IsDeleted, message.DeletedAt).ShouldBe((false, null, false, null));
        message.CreatedAt.ShouldBeGreaterThan(before);
        message.UpdatedAt.ShouldBe(message.CreatedAt);
        (message.ReadByCount, message.UnreadByCount).ShouldBe((0, 1));
        message.ClientMessageId.ShouldBe("c-1");
        Guid.Parse(message.Id).Version.ShouldBe(7);
        ShouldBeSame((await bob.History(room)).Messages.Single(), message);
    }

    [Fact]
    public async Task The_room_may_be_named_in_the_body()
    {
        var (ann, _, room) = await server.TwoInARoom();

        var message = (await ann.Api.Post("/messages", new { room_id = room, content = "hello" })).As<Message>(201);

        (message.RoomId, message.Seq).ShouldBe((room, 1));
    }

    [Fact]
    public async Task Texts_of_1_and_of_4000_characters_with_line_breaks_are_kept_as_they_are()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        var longest = "\t한\r\n" + new string('글', 3996);

        await ann.Send(room, "x");
        await ann.Send(room, longest);

        (await bob.History(room)).Messages.Select(message => message.Content).ShouldBe([longest, "x"]);
    }

    [Fact]
    public async Task A_reply_names_what_it_answers()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        var question = await ann.Send(room, "lunch?");

        var reply = (await bob.Api.Post($"/messages/{room}", new { content = "yes", reply_to = question.Id })).As<Message>(201);

        reply.ReplyTo.ShouldBe(question.Id);
        (await ann.History(room)).Messages[0].ReplyTo.ShouldBe(question.Id);
    }

    [Fact]
    public async Task Send_as_a_stranger_is_403()
    {
        var (ann, _, room) = await server.TwoInARoom();
        var stranger = await server.NewUser();

        (await stranger.TrySend(room, "let me in")).ShouldBeProblem(403);

        (await ann.History(room)).Messages.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_same_client_message_id_gives_the_first_message_again()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        var first = (await ann.TrySend(room, "once", "retry-me")).As<Message>(201);
        await bob.Send(room, "in between");
        await bob.Read(first);

        var again = (await ann.TrySend(room, "once", "retry-me")).As<Message>(200);

        (again.Id, again.Seq, again.Content).ShouldBe((first.Id, first.Seq, "once"));
        (await ann.History(room)).TotalCount.ShouldBe(2);
    }

    [Fact]
    public async Task Of_twenty_sends_with_the_same_client_message_id_at_once_one_is_201()
    {
        var (ann, _, room) = await server.TwoInARoom();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => ann.TrySend(room, "once", "all-at-once")));

        answers.Count(answer => answer.Status == 201).ShouldBe(1);
        answers.Count(answer => answer.Status == 200).ShouldBe(19);
        answers.Select(answer => answer.As<Message>(answer.Status).Id).Distinct().Count().ShouldBe(1);
        (await ann.History(room)).Seqs.ShouldBe([1]);
    }

    [Fact]
    public async Task The_same_client_message_id_with_another_body_is_409()
    {
        var (ann, _, room) = await server.TwoInARoom();
        var first = (await ann.TrySend(room, "once", "reused")).As<Message>(201);

        (await ann.TrySend(room, "something else", "reused")).ShouldBeProblem(409);
        var reply = new { content = "once", message_type = "text", client_message_id = "reused", reply_to = first.Id };
        (await ann.Api.Post($"/messages/{room}", reply)).ShouldBeProblem(409);

        (await ann.History(room)).Messages.Single().Content.ShouldBe("once");
    }

    [Fact]
    public async Task A_client_message_id_belongs_to_one_user_in_one_room()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        var elsewhere = (await ann.RoomWith(await server.NewUser())).Id;

        (await ann.TrySend(room, "one", "same")).ShouldBe(201);
        (await bob.TrySend(room, "two", "same")).ShouldBe(201);
        (await ann.TrySend(elsewhere, "three", "same")).ShouldBe(201);
    }

    [Fact]
    public async Task A_client_message_id_has_up_to_100_characters_of_any_script()
    {
        var (ann, _, room) = await server.TwoInARoom();
        string[] longest = [new string('글', 100), string.Concat(Enumerable.Repeat("🙂", 100))];

        foreach (var id in longest)
        {
            var first = (await ann.TrySend(room, "once", id)).As<Message>(201);
            first.ClientMessageId.ShouldBe(id);
            (await ann.TrySend(room, "once", id)).As<Message>(200).Id.ShouldBe(first.Id);
            (await ann.TrySend(room, "once", id + "🙂")).ShouldBlame("client_message_id");
        }
    }

    [Fact]
    public async Task An_edited_or_deleted_message_still_answers_its_client_message_id()
    {
        var (ann, _, room) = await server.TwoInARoom();
        var first = (await ann.TrySend(room, "original", "edited-later")).As<Message>(201);
        await ann.Edit(first, "changed");

        (await ann.TrySend(room, "original", "edited-later")).As<Message>(200).Id.ShouldBe(first.Id);
        await ann.Delete(first);
        (await ann.TrySend(room, "original", "edited-later")).As<Message>(200).Id.ShouldBe(first.Id);

        (await ann.History(room)).TotalCount.ShouldBe(1);
    }

    [Fact]
    public async Task Thirty_two_senders_at_once_number_their_messages_without_gaps()
    {
        const int senders = 32, each = 25, all = senders * each;
        var (ann, bob, room) = await server.TwoInARoom();
        var start = (await ann.GetRoom(room)).Version;
        var answered = new System.Collections.Concurrent.ConcurrentBag<Message>();

        await Task.WhenAll(Enumerable.Range(0, senders).Select(async sender =>
        {
            for (var number = 0; number < each; number++)
                answered.Add(await (sender % 2 == 0 ? ann : bob).Send(room, $"{sender}-{number}"));
        }));

        var sent = answered.OrderBy(message => message.Seq).ToList();
        sent.Select(message => message.Seq).ShouldBe(Enumerable.Range(1, all).Select(number => (long)number));
        sent.Select(message => message.Version).ShouldBe(Enumerable.Range(1, all).Select(number => start + number));
        for (var sender = 0; sender < senders; sender++)
        {
            var own = sent.Where(message => message.Content!.StartsWith($"{sender}-", StringComparison.Ordinal));
            own.Select(message => message.Content).ShouldBe(Enumerable.Range(0, each).Select(number => $"{sender}-{number}"));
        }
        var history = await ann.WholeHistory(room);
        history.Select(message => (message.Id, message.Seq, message.Version, message.Content))
            .ShouldBe(sent.Select(message => (message.Id, message.Seq, message.Version, message.Content)));
        (await ann.GetRoom(room)).LastSeq.ShouldBe(all);
    }

    private static void ShouldBeSame(Message actual, Message expected) =>
        JsonSerializer.Serialize(actual, Wire.Json).ShouldBe(JsonSerializer.Serialize(expected, Wire.Json));
}
