namespace BigTech.Platform.Documents;

/// <summary>The kinds of BSON values that a document here may hold, by their number on the wire (bsonspec.org).</summary>
public enum BsonType : byte
{
    Real = 0x01,
    Text = 0x02,
    Document = 0x03,
    Array = 0x04,
    Binary = 0x05,

    /// <summary>Passed over: replies of servers hold it.</summary>
    ObjectId = 0x07,
    Boolean = 0x08,
    DateTime = 0x09,
    Null = 0x0A,
    SmallInteger = 0x10,

    /// <summary>Passed over: replies of servers hold it.</summary>
    Timestamp = 0x11,
    LargeInteger = 0x12,

    /// <summary>Passed over.</summary>
    Decimal128 = 0x13,
}

/// <summary>A document as its BSON.</summary>
public readonly record struct BsonDocument(ReadOnlyMemory<byte> Bytes)
{
    public BsonReader Read() => new(Bytes.Span);
}

/// <summary>Makes a <typeparamref name="T"/> of a document. The reader's bytes are gone when the call ends.</summary>
public delegate T BsonRead<out T>(BsonReader document);
