using BigTech.Gateway;
using BigTech.Tests.Integration.Services;
using Microsoft.AspNetCore.Http;

namespace BigTech.Tests.Integration.Gateway;

/// <summary>The replicas that the gateway does not use: of two, one fails or hangs on a test's command.</summary>
public sealed class ReplicaHealthTests : IAsyncLifetime
{
    private const string Requests = "/messages/1";
    private const string Streams = "/messages/stream";
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan OutcomeKept = TimeSpan.FromSeconds(10);
    private static readonly RequestDelegate Answers = _ => Task.CompletedTask;

    private static readonly RequestDelegate Fails = context =>
    {
        context.Abort();
        return Task.CompletedTask;
    };

    private readonly ManualTime _time = new();
    private readonly HttpClient _http = new();
    private StubService _replica = null!;
    private StubService _other = null!;
    private TestGateway _gateway = null!;
    private RequestDelegate _behaviour = Answers;
    private RequestDelegate _behaviourOfTheOther = Answers;

    public async ValueTask InitializeAsync()
    {
        _replica = await StubService.Start(context => _behaviour(context));
        _other = await StubService.Start(context => _behaviourOfTheOther(context));
        _gateway = await TestGateway.Start(_time, _replica.Address, _other.Address);
        _http.BaseAddress = _gateway.Address;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _gateway.DisposeAsync();
        await _replica.DisposeAsync();
        await _other.DisposeAsync();
    }

    [Theory]
    [InlineData(Requests)]
    [InlineData(Streams)]
    public async Task One_that_keeps_failing_is_left_alone_and_then_takes_one_request_at_a_time(string path)
    {
        await AskUntilIt(Fails, times: 3, path);
        await WaitUntilOutOfUse();
        for (var second = 0; second < 3; second++)
        {
            await WaitOutThePause();
            var end = new TaskCompletionSource();
            var trial = await AskUntilItHangs(end.Task, path);
            var asked = _replica.Asked;

            for (var i = 0; i < 20; i++) (await Ask(path)).ShouldBe(StatusCodes.Status200OK);

            _replica.Asked.ShouldBe(asked, "the trial is not over");
            end.SetResult();
            await trial;
            await WaitUntilOutOfUse();
        }
    }

    [Fact]
    public async Task An_answer_to_the_trial_brings_it_back()
    {
        await AskUntilIt(Fails, times: 3);
        await WaitUntilOutOfUse();
        await WaitOutThePause();

        await AskUntilIt(Answers);

        var end = new TaskCompletionSource();
        _behaviour = _behaviourOfTheOther = _ => end.Task;
        var before = _replica.Asked;
        var asking = Enumerable.Range(0, 4).Select(_ => Ask(Requests)).ToList();
        await Eventually.Holds(() => _replica.Asked == before + 2, "more than one at a time");
        end.SetResult();
        (await Task.WhenAll(asking)).ShouldAllBe(status => status == StatusCodes.Status200OK);
    }

    [Fact]
    public async Task Failures_take_it_out_of_use_when_they_are_half_of_its_latest_outcomes_and_not_before()
    {
        await AskUntilIt(Answers, times: 10);
        await AskUntilIt(Fails, times: 4);
        await AskUntilIt(Answers);
        _gateway.AvailableReplicas.ShouldAllBe(count => count == 2);

        // Of the latest ten outcomes one half are failures.
        await AskUntilIt(Fails);

        await WaitUntilOutOfUse();
    }

    [Fact]
    public async Task Failures_of_long_ago_do_not_count()
    {
        for (var i = 0; i < 5; i++)
        {
            await AskUntilIt(Fails, times: 2);
            _time.Advance(OutcomeKept);
        }
        await AskUntilIt(Answers);
        _gateway.AvailableReplicas.ShouldAllBe(count => count == 2);
    }

    [Fact]
    public async Task The_last_one_stays_in_use_whatever_it_does()
    {
        await AskUntilIt(Fails, times: 3);
        await WaitUntilOutOfUse();
        _behaviourOfTheOther = Fails;
        for (var i = 0; i < 10; i++) (await Ask(Requests)).ShouldBe(StatusCodes.Status503ServiceUnavailable);
        _gateway.AvailableReplicas.ShouldAllBe(count => count == 1);

        _behaviourOfTheOther = Answers;

        (await Ask(Requests)).ShouldBe(StatusCodes.Status200OK);
    }

    [Fact]
    public async Task A_stream_counts_as_answered_when_it_begins()
    {
        await AskUntilIt(Fails, times: 2);
        var end = new TaskCompletionSource();
        _behaviour = _behaviourOfTheOther = async context =>
        {
            await context.Response.WriteAsync(": here\n\n");
            await end.Task;
        };
        var until = _replica.Asked + 4;
        while (_replica.Asked < until)
        {
            (await _http.GetAsync(Streams, HttpCompletionOption.ResponseHeadersRead,
                TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
        }
        _behaviourOfTheOther = Answers;

        await AskUntilIt(Fails);

        _gateway.AvailableReplicas.ShouldAllBe(count => count == 2);
        end.SetResult();
    }

    [Fact]
    public async Task A_question_beside_the_requests_goes_to_one_in_use()
    {
        await AskUntilIt(Fails, times: 3);
        await WaitUntilOutOfUse();

        Enumerable.Range(0, 50).Select(_ => _gateway.Lookup.AnyReplica(_gateway.Chat)).Distinct().ShouldBe([_other.Address]);
    }

    /// <summary>A write, which is not repeated.</summary>
    private async Task<int> Ask(string path)
    {
        using var answer = await _http.PostAsync(path, null, TestContext.Current.CancellationToken);
        return (int)answer.StatusCode;
    }

    /// <summary>Sends requests until this many have met this behaviour of the replica.</summary>
    private async Task AskUntilIt(RequestDelegate behaves, int times = 1, string path = Requests)
    {
        _behaviour = behaves;
        var until = _replica.Asked + times;
        await Eventually.Holds(
            async () =>
            {
                await Ask(path);
                return _replica.Asked >= until;
            },
            "requests at the replica");
    }

    /// <summary>Sends requests until one hangs at the replica; that one fails at the end.</summary>
    private async Task<Task> AskUntilItHangs(Task end, string path)
    {
        _behaviour = async context =>
        {
            await end;
            context.Abort();
        };
        var before = _replica.Asked;
        var asking = new List<Task>();
        await Eventually.Holds(
            () =>
            {
                if (_replica.Asked == before) asking.Add(Ask(path));
                return _replica.Asked > before;
            },
            "a request at the replica");
        return Task.WhenAll(asking);
    }

    private Task WaitUntilOutOfUse() => Eventually.Holds(() => _gateway.AvailableReplicas.All(count => count == 1), "it is out of use");

    private async Task WaitOutThePause()
    {
        _time.Advance(Pause);
        await Eventually.Holds(() => _gateway.AvailableReplicas.All(count => count == 2), "it may be tried");
    }
}
