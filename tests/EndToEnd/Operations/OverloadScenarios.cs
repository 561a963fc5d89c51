using System.Collections.Concurrent;

namespace BigTech.Tests.EndToEnd.Operations;

public sealed class OverloadScenarios
{
    [Fact]
    public async Task When_too_many_writes_wait_the_rest_is_503_and_nothing_is_half_done()
    {
        await using var server = await ServerProcess.Start(("Chat__WriterQueue", "2"));
        var (ann, bob, room) = await server.TwoInARoom();
        await using var stream = await bob.Stream(room);
        var answers = new ConcurrentDictionary<string, Answer>();

        for (var round = 0; round < 50 && answers.Values.All(answer => answer.Status == 201); round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 64).Select(async _ =>
            {
                var id = Guid.NewGuid().ToString("N");
                answers[id] = await ann.TrySend(room, $"content of {id}", id);
            }));
        }

        var refused = answers.Where(sent => sent.Value.ShouldBe(201, 503).Status == 503).ToList();
        refused.ShouldNotBeEmpty();
        foreach (var (_, answer) in refused)
        {
            answer.ShouldBeProblem(503);
            answer.Headers.RetryAfter.ShouldNotBeNull();
        }
        var accepted = answers.Where(sent => sent.Value.Status == 201).Select(sent => sent.Key).ToList();
        var history = await bob.WholeHistory(room);
        history.Select(message => message.ClientMessageId).ShouldBe(accepted, ignoreOrder: true);
        history.Select(message => message.Seq).ShouldBe(Enumerable.Range(1, accepted.Count).Select(seq => (long)seq));
        (await stream.WaitForCreated(accepted.Count)).Select(message => message.Id).ShouldBe(history.Select(message => message.Id));
        (await ann.TrySend(room, "content of " + refused[0].Key, refused[0].Key)).ShouldBe(201);
    }
}
