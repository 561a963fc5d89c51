using BigTech.BuildingBlocks.Core;
using BigTech.Users.Passwords;

namespace BigTech.Tests.Integration.Users;

public sealed class PasswordHashPoolTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_more_work_runs_at_once_than_there_are_threads()
    {
        using var pool = new PasswordHashPool(threads: 2, queueLength: 100);
        // Each job waits for another one, so all threads take part.
        using var pair = new Barrier(2);
        var threads = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => pool.Run(() =>
        {
            pair.SignalAndWait(Ct);
            return Environment.CurrentManagedThreadId;
        }, Ct)));
        threads.Distinct().Count().ShouldBe(2);
    }

    [Fact]
    public async Task Work_that_does_not_fit_into_the_queue_is_refused_at_once()
    {
        using var pool = new PasswordHashPool(threads: 1, queueLength: 2);
        using var gate = new ManualResetEventSlim();
        var running = await Block(pool, gate);
        var waiting = new[] { pool.Run(() => 1, Ct), pool.Run(() => 2, Ct) };
        var error = await Should.ThrowAsync<AppError>(() => pool.Run(() => 3, Ct));
        error.Kind.ShouldBe(ErrorKind.Unavailable);
        error.Code.ShouldBe("overloaded");
        gate.Set();
        await running;
        (await Task.WhenAll(waiting)).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task Work_of_a_caller_who_has_gone_is_not_done()
    {
        using var pool = new PasswordHashPool(threads: 1, queueLength: 2);
        using var gate = new ManualResetEventSlim();
        using var gone = new CancellationTokenSource();
        var running = await Block(pool, gate);
        var done = false;
        var waiting = pool.Run(() => done = true, gone.Token);
        await gone.CancelAsync();
        gate.Set();
        await running;
        await Should.ThrowAsync<OperationCanceledException>(() => waiting);
        done.ShouldBeFalse();
    }

    [Fact]
    public async Task A_failure_belongs_to_its_caller_and_the_thread_goes_on()
    {
        using var pool = new PasswordHashPool(threads: 1, queueLength: 2);
        await Should.ThrowAsync<InvalidTimeZoneException>(() => pool.Run<int>(() => throw new InvalidTimeZoneException(), Ct));
        (await pool.Run(() => 7, Ct)).ShouldBe(7);
    }

    [Fact]
    public async Task A_stop_finishes_what_runs_and_refuses_what_waits()
    {
        var pool = new PasswordHashPool(threads: 1, queueLength: 10_000);
        using var gate = new ManualResetEventSlim();
        var running = await Block(pool, gate);
        var waiting = pool.Run(() => 1, Ct);
        var stop = Task.Run(pool.Dispose, Ct);
        await Eventually.Holds(() => Refuses(pool), "the stop has begun");
        gate.Set();
        await stop;
        (await running).ShouldBe(0);
        (await Should.ThrowAsync<AppError>(() => waiting)).Kind.ShouldBe(ErrorKind.Unavailable);
        (await Should.ThrowAsync<AppError>(() => pool.Run(() => 2, Ct))).Kind.ShouldBe(ErrorKind.Unavailable);
    }

    /// <summary>Occupies one thread until the gate opens; returns once it is occupied.</summary>
    private static async Task<Task<int>> Block(PasswordHashPool pool, ManualResetEventSlim gate)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = pool.Run(() =>
        {
            started.SetResult();
            gate.Wait();
            return 0;
        }, Ct);
        await started.Task;
        return running;
    }

    private static bool Refuses(PasswordHashPool pool)
    {
        try
        {
            _ = pool.Run(() => 2, Ct);
            return false;
        }
        catch (AppError)
        {
            return true;
        }
    }
}
