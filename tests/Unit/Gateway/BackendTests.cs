using BigTech.Gateway;

namespace BigTech.Tests.Unit.Gateway;

public sealed class BackendTests
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly ManualTime _time = new();
    private readonly Backend _backend;

    public BackendTests() => _backend = new Backend("chat", "Chat Service", [new Uri("http://127.0.0.1:1"), new Uri("http://127.0.0.1:2")], _time);

    [Fact]
    public void Replicas_are_taken_in_turn()
    {
        var taken = Enumerable.Range(0, 4).Select(_ => _backend.Take()).ToList();

        taken.ShouldBe([taken[0], taken[1], taken[0], taken[1]]);
        taken[0].ShouldNotBe(taken[1]);
    }

    [Fact]
    public void Failures_that_are_not_in_a_row_leave_nobody_alone()
    {
        var replica = _backend.Take()!;
        for (var i = 0; i < 10; i++)
        {
            replica.Failed();
            replica.Failed();
            replica.Succeeded();
        }
        replica.IsInUse.ShouldBeTrue();
    }

    [Fact]
    public void One_that_keeps_failing_is_left_alone_but_for_one_trial_a_second()
    {
        var dead = FailInARow(_backend.Take()!);
        TakeMany().ShouldNotContain(dead);

        for (var second = 0; second < 3; second++)
        {
            _time.Advance(Pause);
            TakeMany().Count(taken => taken == dead).ShouldBe(1);
        }
    }

    [Fact]
    public void An_answer_to_the_trial_brings_it_back_and_a_failure_does_not()
    {
        var dead = FailInARow(_backend.Take()!);
        _time.Advance(Pause);
        TakeMany().ShouldContain(dead);
        dead.Failed();
        TakeMany().ShouldNotContain(dead);

        _time.Advance(Pause);
        TakeMany().ShouldContain(dead);
        dead.Succeeded();

        TakeMany().Count(taken => taken == dead).ShouldBeGreaterThan(1);
    }

    [Fact]
    public void Of_many_who_come_at_once_one_makes_the_trial()
    {
        var dead = FailInARow(_backend.Take()!);
        _time.Advance(Pause);
        var trials = 0;

        Parallel.For(0, 1000, _ =>
        {
            if (dead.TryTake()) Interlocked.Increment(ref trials);
        });

        trials.ShouldBe(1);
    }

    [Fact]
    public void A_look_beside_the_requests_prefers_one_in_use_and_makes_no_trial()
    {
        var dead = FailInARow(_backend.Take()!);
        _time.Advance(Pause);
        for (var i = 0; i < 10; i++) _backend.Peek().ShouldNotBe(dead);
        FailInARow(_backend.Take(except: dead)!);
        _time.Advance(Pause);

        _backend.Peek().ShouldNotBeNull();

        (_backend.Take() is not null && _backend.Take() is not null).ShouldBeTrue("both trials are still to be had");
        _backend.Take().ShouldBeNull();
    }

    [Fact]
    public void One_that_answers_comes_before_one_at_which_requests_wait_in_vain_without_waiting_for_their_time_out()
    {
        var hanging = _backend.Take()!;
        using var waiting = hanging.Begin();
        var other = _backend.Take(except: hanging)!;
        other.Begin().Answered();
        _time.Advance(Pause);
        hanging.IsSilent.ShouldBeTrue();
        // However busy the other one is.
        for (var i = 0; i < 5; i++) other.Begin();
        other.Succeeded();

        TakeMany().ShouldAllBe(taken => taken == other);
        _backend.Take(except: other).ShouldBe(hanging, "there is no other");

        waiting.Answered();
        hanging.IsSilent.ShouldBeFalse();
        TakeMany().ShouldAllBe(taken => taken == hanging, "fewer requests wait there");
    }

    [Fact]
    public void Where_fewer_requests_wait_the_next_one_goes()
    {
        var busy = _backend.Take()!;
        using var waiting = busy.Begin();

        TakeMany().ShouldNotContain(busy);
        waiting.Dispose();
        TakeMany().ShouldContain(busy);
    }

    [Fact]
    public void A_stream_that_has_begun_is_no_request_that_waits()
    {
        var replica = _backend.Take()!;
        using var stream = replica.Begin();
        stream.Answered();
        _time.Advance(TimeSpan.FromHours(1));

        (replica.Waiting, replica.IsSilent).ShouldBe((0, false));
    }

    private List<Replica?> TakeMany() => [.. Enumerable.Range(0, 20).Select(_ => _backend.Take())];

    private static Replica FailInARow(Replica replica)
    {
        for (var i = 0; i < 3; i++) replica.Failed();
        return replica;
    }
}
