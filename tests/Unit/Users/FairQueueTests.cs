using BigTech.Users.Passwords;

namespace BigTech.Tests.Unit.Users;

public sealed class FairQueueTests
{
    [Fact]
    public void Sources_take_turns_and_each_keeps_its_order()
    {
        var queue = new FairQueue<string>();
        foreach (var item in new[] { "a1", "a2", "a3", "b1", "c1", "b2" }) queue.Add(item[..1], item);
        TakeAll(queue).ShouldBe(["a1", "b1", "c1", "a2", "b2", "a3"]);
    }

    [Fact]
    public void A_source_that_comes_back_waits_for_its_turn()
    {
        var queue = new FairQueue<string>();
        queue.Add("a", "a1");
        queue.Add("b", "b1");
        queue.TryTake(out _).ShouldBeTrue();
        queue.Add("a", "a2");
        TakeAll(queue).ShouldBe(["b1", "a2"]);
    }

    [Fact]
    public void The_newest_of_the_largest_source_gives_way()
    {
        var queue = new FairQueue<string>();
        foreach (var item in new[] { "a1", "b1", "b2", "b3", "c1" }) queue.Add(item[..1], item);
        queue.TryTakeFromLargest(moreThan: 3, out _).ShouldBeFalse();
        queue.TryTakeFromLargest(moreThan: 2, out var item1).ShouldBeTrue();
        item1.ShouldBe("b3");
        TakeAll(queue).ShouldBe(["a1", "b1", "c1", "b2"]);
        queue.TryTakeFromLargest(moreThan: 0, out _).ShouldBeFalse();
    }

    /// <summary>The same random steps on lists by source, in the plainest way.</summary>
    [Fact]
    public void After_any_steps_it_holds_what_a_plain_model_holds()
    {
        for (var seed = 1; seed <= 200; seed++)
        {
            var random = new Random(seed);
            var (queue, model, next) = (new FairQueue<int>(), new List<(string Source, List<int> Items)>(), 0);
            for (var step = 0; step < 100; step++)
            {
                switch (random.Next(5))
                {
                    case 0:
                        queue.TryTake(out var taken).ShouldBe(model.Count > 0);
                        if (model.Count > 0) taken.ShouldBe(Take(model));
                        break;
                    case 1:
                        var most = model.Select(line => line.Items.Count).DefaultIfEmpty().Max();
                        var least = random.Next(4);
                        var largest = model.FirstOrDefault(line => line.Items.Count == most);
                        queue.TryTakeFromLargest(least, out var newest).ShouldBe(most > least);
                        if (most > least)
                        {
                            newest.ShouldBe(largest.Items[^1]);
                            Remove(model, newest);
                        }
                        break;
                    case 2:
                        var limit = next - random.Next(20);
                        var old = model.SelectMany(line => line.Items).Where(item => item < limit).Order().ToList();
                        queue.TakeWhile(item => item < limit).Order().ShouldBe(old);
                        foreach (var item in old) Remove(model, item);
                        break;
                    default:
                        var source = $"{random.Next(4)}";
                        queue.Add(source, next);
                        if (model.All(line => line.Source != source)) model.Add((source, []));
                        model.Single(line => line.Source == source).Items.Add(next++);
                        break;
                }
                queue.Count.ShouldBe(model.Sum(line => line.Items.Count), $"seed {seed}, step {step}");
                foreach (var line in model) queue.CountOf(line.Source).ShouldBe(line.Items.Count, $"seed {seed}, step {step}");
            }
        }
    }

    private static List<string> TakeAll(FairQueue<string> queue)
    {
        var all = new List<string>();
        while (queue.TryTake(out var item)) all.Add(item);
        queue.Count.ShouldBe(0);
        return all;
    }

    private static int Take(List<(string Source, List<int> Items)> model)
    {
        var first = model[0];
        var item = first.Items[0];
        model.RemoveAt(0);
        model.Add(first);
        Remove(model, item);
        return item;
    }

    private static void Remove(List<(string Source, List<int> Items)> model, int item)
    {
        foreach (var (_, items) in model) items.Remove(item);
        model.RemoveAll(line => line.Items.Count == 0);
    }
}
