using System.Collections.Concurrent;
using System.Globalization;
using BigTech.Tests.EndToEnd.Notifications;

namespace BigTech.Tests.EndToEnd.Operations;

public sealed class DurabilityScenarios
{
    [Fact]
    public async Task A_server_whose_disk_is_full_is_not_ready_until_it_can_write_again()
    {
        await using var server = await ServerProcess.Start();
        var (ann, _, room) = await server.TwoInARoom();
        await ann.Send(room, "before");
        (await server.Anonymous.Get("/health/ready")).ShouldBe(200);

        server.LimitFileSize(1000);
        (await ann.TrySend(room, "on a full disk")).ShouldBeProblem(503, "store_unavailable");

        (await server.Anonymous.Get("/health/ready")).ShouldBe(503);
        (await server.Anonymous.Get("/health")).ShouldBe(503);
        (await server.Anonymous.Get("/health/live")).ShouldBe(200);
        (await ann.WholeHistory(room)).ShouldHaveSingleItem();
        // The endpoint checks the store every time.
        (await server.Anonymous.Get("/health/ready")).ShouldBe(503);

        server.LimitFileSize(null);
        (await server.Anonymous.Get("/health/ready")).ShouldBe(200);
        await ann.Send(room, "after");
    }

    [Fact]
    public async Task An_idle_server_whose_disk_is_full_is_not_ready_although_no_write_has_failed()
    {
        await using var server = await ServerProcess.Start();
        var ann = await server.NewUser();

        server.LimitFileSize(1000);

        await Eventually.Holds(async () => (await server.Anonymous.Get("/health/ready")).Status == 503, "not ready");
        // A transaction without a write commits on a full disk as well: it says nothing about the store.
        await using (await ann.StreamOfNotifications()) (await server.Anonymous.Get("/health/ready")).ShouldBe(503);

        server.LimitFileSize(null);
        (await server.Anonymous.Get("/health/ready")).ShouldBe(200);
    }

    [Fact]
    public async Task After_kill_9_under_load_every_acknowledged_message_is_there()
    {
        const int rounds = 3, senders = 16;
        await using var server = await ServerProcess.Start();
        var (ann, bob, room) = await server.TwoInARoom();
        var load = new Load(room);
        var stream = await bob.Stream(room, "0");
        var streamed = new List<Message>();

        for (var round = 1; round <= rounds; round++)
        {
            var sending = Enumerable.Range(0, senders).Select(sender => load.SendUntilItBreaks(sender % 2 == 0 ? ann : bob)).ToList();
            var enough = load.Acknowledged.Count + 150;
            await Eventually.Holds(() => load.Acknowledged.Count >= enough, $"{enough} acknowledged messages");
            await server.Kill9();
            await Task.WhenAll(sending);
            await stream.WaitForEnd();
            streamed.AddRange(MessagesOf(stream));
            var lastId = stream.LastEventId;
            await stream.DisposeAsync();
            await server.Restart();

            await load.ShouldBeKept(ann, round);
            await load.ReplaysShouldGiveTheSame();

            stream = await bob.Stream(room, lastId);
            var all = await ann.WholeHistory(room);
            await stream.WaitForCreated(all.Count - streamed.Count);
            var seen = streamed.Concat(MessagesOf(stream)).ToList();
            seen.Select(message => (message.Seq, message.Id)).ShouldBe(all.Select(message => (message.Seq, message.Id)), "the stream");
        }
        await stream.DisposeAsync();
    }

    [Fact]
    public async Task After_kill_9_acknowledged_edits_deletions_read_positions_and_accounts_are_there()
    {
        await using var server = await ServerProcess.Start();
        var (ann, bob, room) = await server.TwoInARoom();
        var messages = new List<Message>();
        for (var number = 0; number < 300; number++)
            messages.Add(await ann.Send(room, "original"));
        var (edits, deletions, reads, accounts) = (0, 0, 0, new ConcurrentBag<User>());
        Task[] working =
        [
            UntilItBreaks(async step => edits = await Edit(ann, messages[0], step)),
            UntilItBreaks(async step => deletions = await Delete(ann, messages[step], step)),
            UntilItBreaks(async step => reads = (int)(await bob.Read(messages[step])).ReadSeq),
            UntilItBreaks(async _ => accounts.Add(await server.NewUser())),
        ];

        await Eventually.Holds(
            () => edits > 20 && deletions > 20 && reads > 20 && !accounts.IsEmpty, "something of each was acknowledged");
        await server.Kill9();
        await Task.WhenAll(working);
        await server.Restart();

        var history = await ann.WholeHistory(room);
        var edited = int.Parse(history[0].Content.ShouldNotBeNull(), CultureInfo.InvariantCulture);
        edited.ShouldBeInRange(edits, edits + 1, "what was cut short may have been kept");
        history.Skip(1).Take(deletions).ShouldAllBe(message => message.IsDeleted);
        (await ann.GetRoom(room)).Of(bob).ReadSeq.ShouldBeInRange(reads, reads + 1);
        foreach (var account in accounts)
            (await (await account.SignInAgain()).IsSignedIn()).ShouldBeTrue();
        history.Select(message => message.Seq).ShouldBe(messages.Select(message => message.Seq));
    }

    private static async Task UntilItBreaks(Func<int, Task> act)
    {
        try
        {
            for (var step = 1; step < 300; step++)
                await act(step);
        }
        catch (HttpRequestException)
        {
            // The server was killed.
        }
    }

    private static async Task<int> Edit(User user, Message message, int step)
    {
        await user.Edit(message, $"{step}");
        return step;
    }

    private static async Task<int> Delete(User user, Message message, int step)
    {
        await user.Delete(message);
        return step;
    }

    private static IEnumerable<Message> MessagesOf(SseClient stream) => stream.Events.Where(e => e.IsMessage).Select(e => e.Message);

    /// <summary>Concurrent messages to one room, and the server's answer to each.</summary>
    private sealed class Load(long room)
    {
        private readonly ConcurrentDictionary<string, User> _attempted = new();

        public ConcurrentDictionary<string, Message> Acknowledged { get; } = new();

        public async Task SendUntilItBreaks(User user)
        {
            try
            {
                while (true)
                {
                    var id = Guid.NewGuid().ToString("N");
                    _attempted[id] = user;
                    Acknowledged[id] = (await user.TrySend(room, $"content of {id}", id)).As<Message>(201);
                }
            }
            catch (HttpRequestException)
            {
                // The server was killed; the client must ask whether this last message was stored.
            }
        }

        public async Task ShouldBeKept(User reader, int round)
        {
            var history = await reader.WholeHistory(room);
            history.Select(message => message.Seq).ShouldBe(Enumerable.Range(1, history.Count).Select(seq => (long)seq), $"round {round}");
            var kept = history.ToDictionary(message => message.ClientMessageId.ShouldNotBeNull());
            foreach (var (id, message) in Acknowledged)
            {
                kept.ShouldContainKey(id, $"an acknowledged message was lost in round {round}");
                (kept[id].Seq, kept[id].Id, kept[id].Content).ShouldBe((message.Seq, message.Id, $"content of {id}"));
            }
            kept.Keys.ShouldBeSubsetOf(_attempted.Keys);
        }

        /// <summary>Sends everything again, including interrupted requests, as clients without an answer do.</summary>
        public async Task ReplaysShouldGiveTheSame()
        {
            var options = new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = TestContext.Current.CancellationToken };
            await Parallel.ForEachAsync(_attempted, options, async (attempt, _) =>
            {
                var (id, user) = attempt;
                var answer = await user.TrySend(room, $"content of {id}", id);
                if (Acknowledged.TryGetValue(id, out var first))
                {
                    var again = answer.As<Message>(200);
                    (again.Seq, again.Id).ShouldBe((first.Seq, first.Id));
                }
                else
                {
                    Acknowledged[id] = answer.As<Message>(answer.ShouldBe(200, 201).Status);
                }
            });
            var history = await _attempted.Values.First().WholeHistory(room);
            history.Select(message => message.ClientMessageId).ShouldBe(_attempted.Keys, ignoreOrder: true);
            history.Select(message => message.Seq).ShouldBe(Enumerable.Range(1, history.Count).Select(seq => (long)seq));
        }
    }
}
