using BigTech.Chat.Client;
using BigTech.Tests.Testing;

namespace BigTech.Tests.EndToEnd.Client;

/// <summary>The outbox of the SDK: what the user sends arrives once and in order, whatever happens meanwhile.</summary>
public sealed class OutboxScenarios
{
    [Fact]
    public async Task Messages_arrive_once_and_in_order_through_kills_of_the_server()
    {
        await using var server = await ServerProcess.Start();
        using var proxy = new TcpProxy(server.Url().Port);
        using var http = ChatClients.Http(new Uri($"http://{proxy.Address}"));
        var (ann, bob, room) = await server.TwoInARoom();
        var client = await ChatClients.SignIn(ann, http);
        await using var outbox = new MessageOutbox(client);
        await using var log = new StreamLog(stop => client.Streams.FollowRoom(room, stop));
        await log.Has<StreamReady>(_ => true, "the stream");

        var messages = new List<OutboxMessage>();
        for (var kill = 1; kill <= 3; kill++)
        {
            for (var i = 0; i < 50; i++) messages.Add(outbox.Add(room, $"{kill}.{i}"));
            await Eventually.Holds(() => messages[^40].State == OutboxState.Sent, "some are sent", Patience.Long);
            await server.Kill9();
            for (var i = 50; i < 60; i++) messages.Add(outbox.Add(room, $"{kill}.{i}"));
            await server.Restart();
            proxy.Redirect(server.Url().Port);
            outbox.RetryNow();
        }
        var sent = await Task.WhenAll(messages.Select(message => message.Sent)).WaitAsync(Patience.Long);

        var expected = messages.Select(message => message.Entry.Message.Content).ToList();
        sent.Select(message => message.Seq).ShouldBe(Enumerable.Range(1, expected.Count).Select(seq => (long)seq));
        outbox.Messages.ShouldBeEmpty();
        await Eventually.Holds(() => log.Contents.Count >= expected.Count, "the stream has them all", Patience.Long);
        log.Contents.ShouldBe(expected);
        (await (await bob.SignInAgain()).WholeHistory(room)).Select(message => message.Content).ShouldBe(expected);
    }

    [Fact]
    public async Task What_was_not_sent_is_sent_after_a_restart_of_the_program()
    {
        await using var server = await ServerProcess.Start();
        using var proxy = new TcpProxy(server.Url().Port);
        using var http = ChatClients.Http(new Uri($"http://{proxy.Address}"));
        var (ann, _, room) = await server.TwoInARoom();
        var client = await ChatClients.SignIn(ann, http);
        proxy.Cut();
        IReadOnlyList<OutboxEntry> kept;
        await using (var first = new MessageOutbox(client))
        {
            var message = first.Add(room, "kept");
            first.Add(room, "kept as well");
            await Eventually.Holds(() => message.Error is not null, "an attempt has failed");
            kept = first.Unsent;
        }
        proxy.Heal();

        await using var second = new MessageOutbox(client, kept);
        await Task.WhenAll(second.Messages.Select(message => message.Sent)).WaitAsync(Patience.Long);

        (await ann.WholeHistory(room)).Select(message => message.Content).ShouldBe(["kept", "kept as well"]);
    }

    [Fact]
    public async Task A_refused_message_waits_for_the_user_and_holds_up_no_other()
    {
        await using var server = await ServerProcess.Start();
        using var http = ChatClients.Http(server.Url());
        var (ann, _, room) = await server.TwoInARoom();
        var client = await ChatClients.SignIn(ann, http);
        await using var outbox = new MessageOutbox(client);

        var empty = outbox.Add(room, "");
        var elsewhere = outbox.Add(long.MaxValue, "to nowhere");
        await outbox.Add(room, "fine").Sent.WaitAsync(Patience.Long);

        await Eventually.Holds(() => elsewhere.State == OutboxState.Failed, "the room is unknown");
        empty.State.ShouldBe(OutboxState.Failed);
        empty.Error.ShouldBeOfType<ChatApiException>().Errors.Keys.ShouldBe(["content"]);
        outbox.Unsent.Select(entry => entry.Message.Content).ShouldBe(["", "to nowhere"]);
        outbox.Retry(empty);
        await Eventually.Holds(() => empty.State == OutboxState.Failed, "it is refused again");
        outbox.Remove(empty).ShouldBeTrue();
        outbox.Remove(elsewhere).ShouldBeTrue();
        outbox.Unsent.ShouldBeEmpty();
        await Should.ThrowAsync<OperationCanceledException>(empty.Sent);
    }
}
