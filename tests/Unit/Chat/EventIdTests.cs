using System.Buffers.Text;
using System.Text;
using BigTech.Chat.Messages;
using BigTech.Chat.Streaming;
using FsCheck;
using FsCheck.Fluent;

namespace BigTech.Tests.Unit.Chat;

public sealed class EventIdTests
{
    private static readonly Config Thorough = Config.QuickThrowOnFailure.WithMaxTest(2000);

    [Fact]
    public void A_rooms_event_id_reads_as_room_and_version()
    {
        new RoomEventId(5, 120).ToString().ShouldBe("5:120");
        RoomEventId.Parse("5:120").ShouldBe(new RoomEventId(5, 120));
        RoomEventId.Parse("5:0").ShouldBe(new RoomEventId(5, 0));
    }

    [Theory]
    [InlineData("")]
    [InlineData(":")]
    [InlineData("5")]
    [InlineData("5:")]
    [InlineData(":5")]
    [InlineData("5:-1")]
    [InlineData("-5:1")]
    [InlineData("5:1:2")]
    [InlineData("n:5:120")]
    [InlineData(" 5:1")]
    [InlineData("5:1 ")]
    [InlineData("+5:1")]
    [InlineData("5:1.0")]
    [InlineData("5:1e3")]
    [InlineData("0x5:1")]
    [InlineData("5:9223372036854775808")]
    [InlineData("99999999999999999999:1")]
    [InlineData("٥:١")]
    [InlineData("5：1")]
    [InlineData("\0")]
    public void Rubbish_is_no_event_id_of_a_room(string text) => RoomEventId.Parse(text).ShouldBeNull();

    [Fact]
    public void Every_room_and_version_survives_the_round_trip()
    {
        var pairs = from room in Numbers from version in Numbers select (room, version);
        Prop.ForAll(pairs.ToArbitrary(), pair =>
        {
            var id = new RoomEventId(pair.room, pair.version);
            return RoomEventId.Parse(id.ToString()) == id;
        }).Check(Thorough);
    }

    [Fact]
    public void Every_vector_survives_the_round_trip()
    {
        var vectors = from user in Numbers
                      from isComplete in Gen.Elements(true, false)
                      from length in Gen.Frequency((9, Gen.Choose(0, 12)), (1, Gen.Choose(13, UserEventId.MaxRooms)))
                      from rooms in Gen.ArrayOf(Numbers.Where(room => room > 0), length)
                      from versions in Gen.ArrayOf(Numbers, length)
                      select (user, isComplete, rooms, versions);
        Prop.ForAll(vectors.ToArbitrary(), vector =>
        {
            var sorted = new SortedList<long, long>();
            for (var i = 0; i < vector.rooms.Length; i++) sorted[vector.rooms[i]] = vector.versions[i];

            var read = UserEventId.Parse(Write(vector.user, sorted, vector.isComplete)).ShouldNotBeNull();

            read.UserId.ShouldBe(vector.user);
            read.IsComplete.ShouldBe(vector.isComplete);
            read.Versions.OrderBy(entry => entry.Key).ShouldBe(sorted);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    [Fact]
    public void The_largest_vector_of_large_numbers_fits()
    {
        var versions = new SortedList<long, long>();
        for (var i = 0; i < UserEventId.MaxRooms; i++) versions.Add(long.MaxValue - i * (long.MaxValue / 500) - 1, long.MaxValue);

        var text = Write(long.MaxValue, versions, true);

        text.Length.ShouldBeLessThanOrEqualTo(UserEventId.MaxLength(UserEventId.MaxRooms));
        UserEventId.Parse(text).ShouldNotBeNull().Versions.Count.ShouldBe(UserEventId.MaxRooms);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("5:120")]
    [InlineData("AQE")]
    [InlineData("AgEB")]
    [InlineData("AQIB")]
    [InlineData("not base64 at all!")]
    [InlineData("____")]
    [InlineData("AQEBAAE")]
    [InlineData("AQEB_____________w")]
    public void Rubbish_is_no_event_id_of_a_user(string text) => UserEventId.Parse(text).ShouldBeNull();

    [Fact]
    public void An_id_that_is_far_too_long_is_rubbish()
    {
        UserEventId.Parse(new string('A', 1 << 20)).ShouldBeNull();
        var tooMany = new SortedList<long, long>();
        for (var i = 1; i <= UserEventId.MaxRooms + 1; i++) tooMany.Add(i, 1);
        UserEventId.Parse(Write(1, tooMany, true)).ShouldBeNull();
    }

    [Fact]
    public void No_text_makes_the_readers_throw()
    {
        var texts = Gen.OneOf(
            ArbMap.Default.GeneratorFor<string>().Select(text => text ?? ""),
            ArbMap.Default.GeneratorFor<byte[]>().Select(bytes => Base64Url.EncodeToString(bytes ?? [])),
            ArbMap.Default.GeneratorFor<byte[]>().Select(bytes => Base64Url.EncodeToString([1, 1, .. bytes ?? []])),
            ArbMap.Default.GeneratorFor<byte[]>().Select(bytes => Encoding.Latin1.GetString(bytes ?? [])));
        Prop.ForAll(texts.ToArbitrary(), text =>
        {
            Should.NotThrow(() => RoomEventId.Parse(text));
            Should.NotThrow(() => UserEventId.Parse(text));
        }).Check(Thorough);
    }

    [Fact]
    public void A_cut_or_altered_id_never_throws_and_never_gives_a_negative_number()
    {
        var damages = from at in Gen.Choose(0, 60)
                      from letter in Gen.Elements(
            "AZaz09-_=+/ .é".ToCharArray())
                      from cut in Gen.Choose(0, 60)
                      select (at, letter, cut);
        var genuine = Write(42, new SortedList<long, long> { [3] = 17, [9000] = 1, [1L << 40] = 1L << 50 }, true);
        Prop.ForAll(damages.ToArbitrary(), damage =>
        {
            var text = new StringBuilder(genuine);
            text[damage.at % text.Length] = damage.letter;
            var read = UserEventId.Parse(text.ToString(0, Math.Min(text.Length, damage.cut)));
            return read is null || (read.Value.UserId >= 0 && read.Value.Versions.All(entry => entry.Key > 0 && entry.Value >= 0));
        }).Check(Thorough);
    }

    private static Gen<long> Numbers => Gen.OneOf(
        Gen.Choose(0, 300).Select(i => (long)i), Gen.Choose(0, int.MaxValue).Select(i => (long)i),
        Gen.Choose(0, int.MaxValue).Select(i => ((long)i << 32) | 7),
        Gen.Elements(0L, 127, 128, 16383, 16384, long.MaxValue - 1, long.MaxValue));

    private static string Write(long user, SortedList<long, long> versions, bool isComplete)
    {
        var target = new byte[UserEventId.MaxLength(versions.Count)];
        return Encoding.ASCII.GetString(target, 0, UserEventId.Write(user, versions, isComplete, target));
    }
}
