using BigTech.Notifications.Domain;

namespace BigTech.Tests.Unit.Notifications;

public sealed class NumberSetTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(20260)]
    public void It_has_what_a_set_has(int seed)
    {
        var random = new Random(seed);
        var (ranges, numbers) = (NumberSet.Empty, new SortedSet<long>());
        for (var step = 0; step < 2000; step++)
        {
            var number = random.Next(1, 60);
            switch (random.Next(8))
            {
                case < 4:
                    ranges = ranges.With(number);
                    numbers.Add(number);
                    break;
                case < 7:
                    ranges = ranges.Without(number);
                    numbers.Remove(number);
                    break;
                default:
                    ranges = ranges.Above(number / 4);
                    numbers.RemoveWhere(one => one <= number / 4);
                    var more = Enumerable.Range(70 + random.Next(3), random.Next(3)).Select(one => (long)one).ToList();
                    if (ranges.Last < 70)
                    {
                        ranges = ranges.Append(NumberSet.Of(more));
                        numbers.UnionWith(more);
                    }
                    break;
            }
            ranges.ShouldBe(NumberSet.Of(numbers));
            ranges.ShouldBe(NumberSet.Parse(ranges.ToString()));
            (ranges.Count, ranges.First, ranges.Last).ShouldBe((numbers.Count, numbers.Min, numbers.Max));
            ranges.Contains(number).ShouldBe(numbers.Contains(number));
        }
    }

    [Fact]
    public void Neighbours_are_one_range()
    {
        NumberSet.Of(3, 5).With(7).With(6).ToString().ShouldBe("3-7");
        NumberSet.Of(3, 5).Append(NumberSet.Of(6, 9)).ToString().ShouldBe("3-9");
        NumberSet.Of(3, 5).Without(4).ToString().ShouldBe("3,5");
        NumberSet.Empty.ToString().ShouldBeEmpty();
        NumberSet.Of(5, 4).ShouldBe(NumberSet.Empty);
    }

    [Fact]
    public void Of_very_many_gaps_the_newest_stay()
    {
        var numbers = NumberSet.Of(Enumerable.Range(1, 3000).Select(n => n * 2L));

        (numbers.Count, numbers.First, numbers.Last).ShouldBe((2000, 2002, 6000));
    }
}
