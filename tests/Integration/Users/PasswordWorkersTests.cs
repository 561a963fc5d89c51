using BigTech.Platform.Http;
using BigTech.Users.Passwords;

namespace BigTech.Tests.Integration.Users;

public sealed class PasswordWorkersTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_more_work_runs_at_once_than_there_are_threads()
    {
        using var workers = new PasswordWorkers(threads: 2, queueLength: 100);
        // Nothing ends but beside another, so all threads that there are take part.
        using var pair = new Barrier(2);
        var threads = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => workers.Run(() =>
        {
            pair.SignalAndWait(Ct);
            return Environment.CurrentManagedThreadId;
        }, Ct)));
        threads.Distinct().Count().ShouldBe(2);
    }

    [Fact]
    public async Task Work_that_does_not_fit_into_the_queue_is_refused_at_once()
    {
        using var workers = new PasswordWorkers(threads: 1, queueLength: 2);
        using var gate = new ManualResetEventSlim();
        var running = await Block(workers, gate);
        var waiting = new[] { workers.Run(() => 1, Ct), workers.Run(() => 2, Ct) };
        var refusal = await Should.ThrowAsync<AppError>(() => workers.Run(() => 3, Ct));
        refusal.Status.ShouldBe(503);
        refusal.Code.ShouldBe("overloaded");
        gate.Set();
        await running;
        (await Task.WhenAll(waiting)).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task Work_of_somebody_who_has_gone_is_not_done()
    {
        using var workers = new PasswordWorkers(threads: 1, queueLength: 2);
        using var gate = new ManualResetEventSlim();
        using var gone = new CancellationTokenSource();
        var running = await Block(workers, gate);
        var done = false;
        var waiting = workers.Run(() => done = true, gone.Token);
        await gone.CancelAsync();
        gate.Set();
        await running;
        await Should.ThrowAsync<OperationCanceledException>(() => waiting);
        done.ShouldBeFalse();
    }

    [Fact]
    public async Task A_failure_belongs_to_its_caller_and_the_thread_goes_on()
    {
        using var workers = new PasswordWorkers(threads: 1, queueLength: 2);
        await Should.ThrowAsync<InvalidTimeZoneException>(() => workers.Run<int>(() => throw new InvalidTimeZoneException(), Ct));
        (await workers.Run(() => 7, Ct)).ShouldBe(7);
    }

    [Fact]
    public async Task A_stop_finishes_what_runs_and_refuses_what_waits()
    {
        var workers = new PasswordWorkers(threads: 1, queueLength: 10_000);
        using var gate = new ManualResetEventSlim();
        var running = await Block(workers, gate);
        var waiting = workers.Run(() => 1, Ct);
        var stop = Task.Run(workers.Dispose, Ct);
        await Eventually.Holds(() => Refuses(workers), "the stop has begun");
        gate.Set();
        await stop;
        (await running).ShouldBe(0);
        (await Should.ThrowAsync<AppError>(() => waiting)).Status.ShouldBe(503);
        (await Should.ThrowAsync<AppError>(() => workers.Run(() => 2, Ct))).Status.ShouldBe(503);
    }

    /// <summary>Occupies one thread until the gate opens; returns once it is occupied.</summary>
    private static async Task<Task<int>> Block(PasswordWorkers workers, ManualResetEventSlim gate)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = workers.Run(() =>
        {
            started.SetResult();
            gate.Wait();
            return 0;
        }, Ct);
        await started.Task;
        return running;
    }

    private static bool Refuses(PasswordWorkers workers)
    {
        try
        {
            _ = workers.Run(() => 2, Ct);
            return false;
        }
        catch (AppError)
        {
            return true;
        }
    }
}
