using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using BigTech.Platform.Documents;
using FsCheck;
using FsCheck.Fluent;

namespace BigTech.Tests.Unit.Platform;

public sealed class BsonTests
{
    [Fact]
    public void A_document_is_written_as_the_specification_shows_it()
    {
        // The examples of bsonspec.org.
        new BsonWriter().Write("hello", "world").ToDocument().Bytes.ToArray()
            .ShouldBe("\x16\x00\x00\x00\x02hello\x00\x06\x00\x00\x00world\x00\x00"u8.ToArray());
        byte[] awesome =
        [
            0x31, 0, 0, 0, 0x04, .. "BSON\0"u8, 0x26, 0, 0, 0, 0x02, (byte)'0', 0, 0x08, 0, 0, 0, .. "awesome\0"u8,
            0x01, (byte)'1', 0, 0x33, 0x33, 0x33, 0x33, 0x33, 0x33, 0x14, 0x40, 0x10, (byte)'2', 0, 0xC2, 0x07, 0, 0, 0, 0,
        ];
        new BsonWriter().StartArray("BSON").Write(null, "awesome").Write(null, 5.05).Write(null, 1986).End().ToDocument().Bytes.ToArray()
            .ShouldBe(awesome);
    }

    [Fact]
    public void What_is_written_is_read_again()
    {
        var property = Prop.ForAll(Documents(3).ToArbitrary(), document => Show(Parse(Bson(document))).ShouldBe(Show(document)));
        property.Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    [Fact]
    public void Damaged_bytes_are_refused_or_read_and_nothing_else_happens()
    {
        var damages = from at in Gen.Choose(0, 400)
                      from value in Gen.Elements<byte>(0, 1, 2, 3, 4, 5, 8, 0x10, 0x12, 0x7F, 0x80, 0xFF)
                      select (at, value);
        var damaged = from document in Documents(2)
                      from changes in Gen.ArrayOf(damages, 3)
                      from cut in Gen.Frequency((4, Gen.Constant(0)), (1, Gen.Choose(1, 40)))
                      from honest in Gen.Elements(true, false)
                      select Damage(Bson(document).Bytes.ToArray(), changes, cut, honest);
        var (refused, read) = (0, 0);
        Prop.ForAll(damaged.ToArbitrary(), bytes =>
        {
            try
            {
                Parse(new BsonDocument(bytes));
                read++;
            }
            catch (FormatException)
            {
                refused++;
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));
        refused.ShouldBeGreaterThan(100, "the damage does harm");
        read.ShouldBeGreaterThan(100, "and not always");
    }

    [Theory]
    [InlineData("")]
    [InlineData("05000000")]
    [InlineData("0500000001")]
    [InlineData("0600000000")]
    [InlineData("04000000")]
    [InlineData("070000001061")] // shorter than it says
    [InlineData("08000000106100 00")] // an int32 without a value
    [InlineData("0D000000026100 01000000 00")] // a text that reaches the end
    [InlineData("0E000000026100 00000000 00 00")] // a text without room for its end
    [InlineData("0E000000026100 FFFFFF7F 00 00")] // a length beyond everything
    [InlineData("0E000000026100 FFFFFFFF 00 00")] // a negative length
    [InlineData("0E000000026100 01000000 41 00")] // a text that does not end with NUL
    [InlineData("0F000000026100 02000000 FF00 00")] // not UTF-8
    [InlineData("09000000086100 02 00")] // neither true nor false
    [InlineData("0D000000056100 02000000 00 00")] // binary that reaches beyond the end
    [InlineData("0C000000036100 04000000 00")] // a document that is too short to be one
    [InlineData("08000000FF6100 00")] // a kind that is not read here
    [InlineData("10000000096100 FFFFFFFFFFFFFF7F 00")] // a time that no calendar has
    public void Malformed_bytes_are_a_format_error(string hex) =>
        Should.Throw<FormatException>(() => Parse(new BsonDocument(Convert.FromHexString(hex.Replace(" ", "")))));

    [Fact]
    public void A_value_of_another_kind_is_a_format_error()
    {
        var document = new BsonWriter().Write("text", "5").Write("large", long.MaxValue).ToDocument();
        Should.Throw<FormatException>(() => First(document, "text").Number()).Message.ShouldBe("text is of type Text, not LargeInteger.");
        Should.Throw<FormatException>(() => First(document, "large").SmallNumber());
        Should.Throw<FormatException>(() => First(document, "large").Document().Read());
        First(document, "missing").Type.ShouldBe(default);

        static BsonReader First(BsonDocument document, string name)
        {
            var reader = document.Read();
            return reader.Find(Encoding.UTF8.GetBytes(name)) ? reader : default;
        }
    }

    [Fact]
    public void What_servers_add_of_other_kinds_is_passed_over()
    {
        byte[] reply =
        [
            0, 0, 0, 0, 0x07, (byte)'i', 0, .. new byte[12], 0x11, (byte)'t', 0, .. new byte[8], 0x13, (byte)'d', 0, .. new byte[16],
            0x10, (byte)'n', 0, 7, 0, 0, 0, 0,
        ];
        BinaryPrimitives.WriteInt32LittleEndian(reply, reply.Length);
        var reader = new BsonReader(reply);
        reader.Find("n"u8).ShouldBeTrue();
        reader.Number().ShouldBe(7);
    }

    [Fact]
    public void A_writer_makes_no_malformed_document()
    {
        Should.Throw<ArgumentException>(() => new BsonWriter().Write("a\0b", 1));
        Should.Throw<ArgumentException>(() => new BsonWriter().Write(null, 1), "elements of a document have names");
        Should.Throw<ArgumentException>(() => new BsonWriter().StartArray("a").Write("b", 1), "elements of an array have none");
        Should.Throw<ArgumentException>(() => new BsonWriter().Write("half", "\uD83D"));
        Should.Throw<InvalidOperationException>(() => new BsonWriter().End());
        Should.Throw<InvalidOperationException>(() => new BsonWriter().StartDocument("a").ToDocument());
        var used = new BsonWriter();
        used.ToDocument();
        Should.Throw<InvalidOperationException>(() => used.Write("late", 1));
    }

    private static Gen<List<(string? Name, object? Value)>> Documents(int depth) =>
        from size in Gen.Choose(0, 5)
        from names in Gen.ArrayOf(Gen.Elements("a", "_id", "room_id", "이름", "", "$set", "x.y"), size)
        from values in Gen.ArrayOf(Value(depth), size)
        select names.Zip(values, (name, value) => ((string?)name, value)).ToList();

    private static Gen<object?> Value(int depth)
    {
        var simple = Gen.OneOf(
            ArbMap.Default.GeneratorFor<int>().Select(value => (object?)value),
            ArbMap.Default.GeneratorFor<long>().Select(value => (object?)value),
            Gen.Elements(int.MinValue, int.MaxValue).Select(value => (object?)value),
            Gen.Elements(long.MinValue, long.MaxValue, 1L << 32).Select(value => (object?)value),
            Gen.Elements(0.0, -0.0, 1.5, double.MaxValue, double.NaN, double.NegativeInfinity).Select(value => (object?)value),
            Gen.Elements("", "a", "안녕하세요", "😀", "nul\0inside", new string('x', 300)).Select(value => (object?)value),
            ArbMap.Default.GeneratorFor<byte[]>().Select(value => (object?)value),
            Gen.Elements(true, false).Select(value => (object?)value),
            ArbMap.Default.GeneratorFor<int>().Select(value => (object?)DateTimeOffset.FromUnixTimeMilliseconds(value * 1000L)),
            Gen.Constant((object?)null));
        if (depth == 0) return simple;
        var lists = from size in Gen.Choose(0, 12) from values in Gen.ArrayOf(simple, size) select (object?)values;
        return Gen.Frequency((6, simple), (1, lists), (1, Documents(depth - 1).Select(document => (object?)document)));
    }

    private static BsonDocument Bson(List<(string? Name, object? Value)> document)
    {
        var writer = new BsonWriter();
        Write(writer, document);
        return writer.ToDocument();
    }

    private static void Write(BsonWriter writer, IEnumerable<(string? Name, object? Value)> elements)
    {
        foreach (var (name, value) in elements)
        {
            switch (value)
            {
                case int number: writer.Write(name, number); break;
                case long number: writer.Write(name, number); break;
                case double number: writer.Write(name, number); break;
                case string text: writer.Write(name, text); break;
                case byte[] bytes: writer.Write(name, bytes); break;
                case bool truth: writer.Write(name, truth); break;
                case DateTimeOffset time: writer.Write(name, time); break;
                case null: writer.WriteNull(name); break;
                case object?[] list:
                    Write(writer.StartArray(name), list.Select(element => ((string?)null, element)));
                    writer.End();
                    break;
                case List<(string? Name, object? Value)> document:
                    Write(writer.StartDocument(name), document);
                    writer.End();
                    break;
                default: throw new ArgumentOutOfRangeException(nameof(elements));
            }
        }
    }

    private static List<(string? Name, object? Value)> Parse(BsonDocument document) => Parse(document.Read());

    private static List<(string? Name, object? Value)> Parse(BsonReader reader)
    {
        var elements = new List<(string?, object?)>();
        while (reader.Read())
        {
            object? value = reader.Type switch
            {
                BsonType.SmallInteger => reader.SmallNumber(),
                BsonType.LargeInteger => reader.Number(),
                BsonType.Real => reader.Real(),
                BsonType.Text => reader.Text(),
                BsonType.Binary => reader.Binary().ToArray(),
                BsonType.Boolean => reader.Boolean(),
                BsonType.DateTime => reader.DateTime(),
                BsonType.Array => Parse(reader.Document()).Select(element => element.Value).ToArray(),
                BsonType.Document => Parse(reader.Document()),
                _ => null,
            };
            elements.Add((Encoding.UTF8.GetString(reader.Name), value));
        }
        return elements;
    }

    private static string Show(object? value) => value switch
    {
        List<(string? Name, object? Value)> document => $"{{{string.Join(", ", document.Select(element => $"{element.Name}: {Show(element.Value)}"))}}}",
        byte[] bytes => $"bytes {Convert.ToHexString(bytes)}",
        object?[] list => $"[{string.Join(", ", list.Select(Show))}]",
        DateTimeOffset time => $"time {time.ToUnixTimeMilliseconds()}",
        null => "null",
        _ => string.Create(CultureInfo.InvariantCulture, $"{value.GetType().Name} {value:R}"),
    };

    private static byte[] Damage(byte[] bytes, (int At, byte Value)[] changes, int cut, bool honest)
    {
        foreach (var (at, value) in changes) bytes[at % bytes.Length] = value;
        var damaged = bytes[..Math.Max(0, bytes.Length - cut)];
        // With an honest frame the damage inside is reached.
        if (honest && damaged.Length >= 5)
        {
            BinaryPrimitives.WriteInt32LittleEndian(damaged, damaged.Length);
            damaged[^1] = 0;
        }
        return damaged;
    }
}
